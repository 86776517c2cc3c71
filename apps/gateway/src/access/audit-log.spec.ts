import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AuditEntry } from '@slipstream/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { expect, it, vi } from 'vitest';
import { setPrincipal } from '../http/known-principal.js';
import { AuditLog } from './audit-log.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The group of one process. */
function alone() {
  let answer: () => unknown = () => undefined;
  return {
    gather: async () => ({ answers: [answer()], size: 1, silent: 0 }),
    onGather: (_topic: string, given: () => unknown) => void (answer = given),
  };
}

function newAudit() {
  const info = vi.fn();
  const sut = new AuditLog(alone(), { info });
  let hook: Hook | undefined;
  sut.watch({ addHook: (_: string, added: Hook) => void (hook = added) } as unknown as FastifyInstance);
  const ask = async (method: string, url: string, { body, statusCode = 200, keyId = 'ops' } = {} as Asked) => {
    const raw = { socket: { remoteAddress: '::ffff:10.0.0.9' } } as FastifyRequest['raw'];
    if (keyId) setPrincipal(raw, { role: 'admin', keyId });
    await hook!({ raw, method, url, body, id: 'r1' } as FastifyRequest, { statusCode } as FastifyReply);
  };
  return { sut, info, ask };
}
interface Asked {
  body?: unknown;
  statusCode?: number;
  keyId?: string;
}

it('notes a change with its key, logs it, and shows no secret', async () => {
  const { sut, info, ask } = newAudit();
  const body = { url: 'http://user:pa55@10.0.0.1', isDraining: true, token: 's3cr3t' };
  await ask('PATCH', '/admin/backends/b1?x=1', { body });
  const [entry] = await sut.list();
  expect(entry).toEqual<AuditEntry>({
    at: expect.stringMatching(/Z$/) as string,
    key: 'ops',
    client: '10.0.0.9',
    method: 'PATCH',
    path: '/admin/backends/b1',
    status: 200,
    requestId: 'r1',
    change: '{"url":"http://user:***@10.0.0.1","isDraining":true,"token":"[redacted]"}',
  });
  expect(info).toHaveBeenCalledExactlyOnceWith(
    { audit: { ...entry, key: undefined, keyId: 'ops' }, requestId: entry!.requestId },
    'admin change: PATCH /admin/backends/b1 by key ops, answered with 200',
  );
});

it('notes no reads, and none of a caller that was refused', async () => {
  const { sut, ask } = newAudit();
  await ask('GET', '/admin/backends');
  await ask('DELETE', '/admin/backends/b1', { keyId: '' });
  expect(await sut.list()).toEqual([]);
});

it('keeps the last thousand, latest first', async () => {
  const { sut, ask } = newAudit();
  for (let n = 0; n < 1100; n++) await ask('POST', `/admin/${n}`);
  const items = await sut.list();
  expect(items).toHaveLength(1000);
  expect(items.map(({ path }) => path)).not.toContain('/admin/99');
  expect(items.map(({ path }) => path)).toContain('/admin/1099');
});

it('keeps 500 characters of a path and of a change, and not the text that they were cut from', async () => {
  const { sut, ask } = newAudit();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 300; n++) {
    const text = String.fromCharCode(97 + (n % 26)).repeat(200_000);
    await ask('PATCH', `/admin/backends/${n}${'b'.repeat(20_000)}`, { body: { url: text } });
  }
  const [entry] = await sut.list();
  expect([entry!.path.length, entry!.change!.length]).toEqual([500, 500]);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000); // of 66 MB in all
});
