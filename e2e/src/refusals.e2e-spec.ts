import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hashOf } from './hash-of.js';
import { startService, type ServiceProcess } from './process.js';

let folder: string;
let gateway: ServiceProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refusals-'));
  const keys = [
    { id: 'ops', role: 'admin', hash: hashOf('slip_admin') },
    { id: 'app', role: 'service', hash: hashOf('slip_service') },
  ];
  const file = join(folder, 'slipstream.yaml');
  await writeFile(file, JSON.stringify({ keys }));
  gateway = await startService('gateway', {
    REDIS_URL: 'redis://127.0.0.1:1',
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    MONGODB_URI: 'mongodb://127.0.0.1:1/none',
    SLIPSTREAM_CONFIG: file,
  });
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const texts = () => gateway.logs.map(({ msg }) => msg);
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

it('logs refused callers by reason, and counts each', async () => {
  for (let n = 0; n < 3; n++) await fetch(`${gateway.url}/v1/models`, { headers: bearer('slip_wrong') });
  await fetch(`${gateway.url}/slipstream/v1/users`);
  await fetch(`${gateway.managementUrl}/admin/backends`, { headers: bearer('slip_service') });
  await vi.waitFor(() =>
    expect(texts()).toEqual(
      expect.arrayContaining([
        'refused a call on /v1: key unknown; from 127.0.0.1',
        'refused a call on native: key missing; from 127.0.0.1',
        'refused a call on admin: admin required; from 127.0.0.1',
      ]),
    ),
  );
  const metrics = await (await fetch(`${gateway.managementUrl}/metrics`)).text();
  expect(metrics).toContain('slipstream_access_refused_total{at="/v1",reason="key_unknown"} 3');
  expect(metrics).toContain('slipstream_access_refused_total{at="admin",reason="admin_required"} 1');
});

it('logs each admin change with its key, and lists it', async () => {
  const headers = { ...bearer('slip_admin'), 'content-type': 'application/json', 'x-request-id': 'change-1' };
  const answer = await fetch(`${gateway.managementUrl}/admin/cache/purge`, {
    method: 'POST',
    headers,
    body: '{"url":"/api/models"}',
  });
  const { items } = (await (await fetch(`${gateway.managementUrl}/admin/audit`, { headers })).json()) as {
    items: object[];
  };
  const entry = {
    key: 'ops',
    client: '127.0.0.1',
    method: 'POST',
    path: '/admin/cache/purge',
    status: answer.status,
    requestId: 'change-1',
    change: '{"url":"/api/models"}',
  };
  expect(items).toEqual([expect.objectContaining(entry)]);
  await vi.waitFor(() => expect(gateway.logs).toContainEqual(expect.objectContaining({ requestId: 'change-1' })));
  expect(texts()).toContain(`admin change: POST /admin/cache/purge by key ops, answered with ${answer.status}`);
});

it('gives an admin error the request id of its answer', async () => {
  const answer = await fetch(`${gateway.managementUrl}/admin/backends`, { headers: { 'x-request-id': 'wrong-1' } });
  expect([answer.status, answer.headers.get('x-request-id')]).toEqual([401, 'wrong-1']);
  expect(await answer.json()).toMatchObject({ code: 'key_missing', requestId: 'wrong-1' });
});

it('warns of a peer that sends X-Forwarded-For and is not trusted', async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n'),
  );
  await socket.toArray();
  await vi.waitFor(() =>
    expect(texts()).toContainEqual(expect.stringMatching(/127\.0\.0\.1 sends X-Forwarded-For .*TRUSTED_PEERS/)),
  );
});
