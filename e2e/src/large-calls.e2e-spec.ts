import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const MIB = 1024 * 1024;
const MEMORY_BYTES = 384 * MIB;
const CALLS = 24;
/** As with pictures. Three of them fit in an eighth of the memory. */
const LARGE = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a'.repeat(15 * MIB) }] });
const SMALL = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });

/** Answers small calls at once, and large ones when `isOpen` is set. */
const held: ServerResponse[] = [];
let isOpen = false;
let most = 0;
const model = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(JSON.stringify({ data: [{ id: 'm' }] }));
  const isLarge = Number(request.headers['content-length']) > MIB;
  request.resume().on('end', () => {
    if (!isLarge || isOpen) return void response.end('{}');
    most = Math.max(most, held.push(response));
  });
});

let folder: string;
let system: System;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-calls-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, JSON.stringify({ memory: { maxBytes: MEMORY_BYTES } }));
  await once(model.listen(0, '127.0.0.1'), 'listening');
  const { port } = model.address() as AddressInfo;
  system = await startSystem(['gateway'], {
    ...storesEnv(),
    SLIPSTREAM_CONFIG: config,
    LLM_BACKENDS: `http://127.0.0.1:${port}/v1`,
  });
  await untilReady(system);
}, 90_000);
afterAll(async () => {
  await system.stop();
  model.closeAllConnections();
  model.close();
  await rm(folder, { recursive: true });
});

const call = async (body: string, path = '/v1/chat/completions'): Promise<number> => {
  const response = await fetch(`${system.gateways[0]!.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.text();
  return response.status;
};

it('a gateway holds many large calls to a slow model within its memory, and serves small ones meanwhile', async () => {
  const calls = Array.from({ length: CALLS }, () => call(LARGE));
  await vi.waitFor(() => expect(held.length).toBe(3), { timeout: 20_000 });
  const answered = vi.fn();
  const native = call(JSON.stringify({ name: 'a'.repeat(100_000) }), '/slipstream/v1/users').finally(answered);
  expect(await call(SMALL)).toBe(200);
  expect(answered).not.toHaveBeenCalled(); // it waits behind the large calls
  isOpen = true;
  for (const response of held) response.end('{}');
  const statuses = await Promise.all(calls);
  // On a slow machine, some wait longer than a request may.
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect([400, 503]).toContain(await native);
  expect(most).toBe(3);
  const { child } = system.gateways[0]!;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))!;
  expect(Number(kibibytes) * 1024).toBeLessThan(MEMORY_BYTES);
}, 90_000);
