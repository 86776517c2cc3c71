import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Link } from './link.js';
import { startSystem, storesEnv, type System } from './system.js';

/** An application with one value, which every POST makes one greater; a page says what it was when it was asked for. */
let version = 0;
const app = createServer((req, res) => {
  if (req.method === 'POST') version += 1;
  res.end(String(version));
});

let redis: Link;
let system: System;

beforeAll(async () => {
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  const env = storesEnv();
  redis = await Link.to(env.REDIS_URL, 6379);
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
  const file = join(folder, 'slipstream.yaml');
  const cache =
    '{ reads: { /value: { class: private, ttlMs: 3600000 } }, writes: { /value: { drops: ["user:{user}"] } } }';
  await writeFile(
    file,
    `cache: { prefix: "e2e-rw-${process.pid}:" }\nweb: { overlayFile: ` +
      `${join(folder, 'backends.json')}, health: { path: / }, cache: ${cache} }\n`,
  );
  const backend = `http://127.0.0.1:${(app.address() as { port: number }).port}`;
  system = await startSystem(['gateway', 'gateway'], {
    ...env,
    REDIS_URL: redis.url,
    WEB_BACKENDS: backend,
    SLIPSTREAM_CONFIG: file,
  });
});
afterAll(async () => {
  await system.stop();
  redis.close();
  app.closeAllConnections();
  app.close();
});

const headers = { host: 'app.example', cookie: `token=e30.${Buffer.from('{"id":"ada"}').toString('base64url')}.c2ln` };

async function ask(gateway: number, method = 'GET'): Promise<{ value: number; status: string }> {
  const sent = request(`${system.gateways[gateway]!.url}/value`, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = await textOf(response);
  expect([response.statusCode, body]).toEqual([200, expect.stringMatching(/^\d+$/)]);
  return { value: Number(body), status: String(response.headers['cache-status']) };
}

/** One client that writes now and then, and reads through the same gateway: it never misses its own write. */
async function client(gateway: number, until: AbortSignal): Promise<void> {
  let own = 0;
  while (!until.aborted) {
    if (Math.random() < 0.1) own = (await ask(gateway, 'POST')).value;
    else expect((await ask(gateway)).value).toBeGreaterThanOrEqual(own);
  }
}

it('serves through outages of Redis under load: no error, no hidden write, no stale answer afterwards', async () => {
  const end = new AbortController();
  const clients = Promise.all([0, 1, 0, 1].map((gateway) => client(gateway, end.signal)));
  for (let i = 0; i < 3; i++) {
    const before = version;
    await vi.waitFor(() => expect(version).toBeGreaterThan(before + 10), 30_000);
    redis.cut();
    const atCut = version;
    await vi.waitFor(() => expect(version).toBeGreaterThan(atCut + 10), 30_000);
    redis.mend();
  }
  end.abort();
  await clients;
  for (const gateway of [0, 1]) await vi.waitFor(async () => expect((await ask(gateway)).value).toBe(version), 30_000);
  await vi.waitFor(async () => expect((await ask(0)).status).toMatch(/^slipstream; hit/), 30_000);
  await vi.waitFor(
    async () => {
      await ask(1);
      const { value } = await ask(0, 'POST');
      // the other gateway hears of it again
      await vi.waitFor(async () => expect((await ask(1)).value).toBe(value), 500);
    },
    { timeout: 30_000, interval: 200 },
  );
});
