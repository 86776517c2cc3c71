import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startService } from './process.js';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

interface View {
  id: string;
  url: string;
  state: string;
  weight: number;
  own: { requests: number };
  other: { requests: number };
}

async function pod(name: string): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => void (req.url === '/hold' ? undefined : res.end(name)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

describe('the backends of two gateways', () => {
  let pods: Awaited<ReturnType<typeof pod>>[];
  let system: System;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    pods = await Promise.all([pod('one'), pod('two'), pod('three')]);
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
    env = {
      ...storesEnv(),
      WEB_BACKENDS: `${pods[0]!.url},${pods[1]!.url}`,
      SLIPSTREAM_CONFIG: join(folder, 'slipstream.yaml'),
    };
    await writeFile(
      env.SLIPSTREAM_CONFIG!,
      `cache: { prefix: "e2e-${process.pid}:" }\nweb: { overlayFile: ${join(folder, 'backends.json')} }\n`,
    );
    system = await startSystem(['gateway', 'gateway'], env as ReturnType<typeof storesEnv>);
    await untilReady(system);
    await vi.waitFor(async () => expect((await list()).map(({ state }) => state)).toEqual(['healthy', 'healthy']), {
      timeout: 10_000,
    });
  });
  afterAll(async () => {
    await system.stop();
    pods.forEach(({ server }) => (server.closeAllConnections(), server.close()));
  });

  const admin = (gateway: number, path = '', init?: RequestInit) =>
    fetch(`${system.gateways[gateway]!.managementUrl}/admin/backends${path}`, init);
  const json = (method: string, body: object) => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  const list = async (gateway = 0) =>
    ((await (await admin(gateway)).json()) as { items: (View & { pool: string })[] }).items.filter(
      ({ pool }) => pool === 'web',
    );
  const idOf = async (url: string) => (await list()).find((backend) => backend.url === url)!.id;
  const answers = async (gateway: number) =>
    new Set(
      await Promise.all(Array.from({ length: 12 }, async () => (await fetch(system.gateways[gateway]!.url)).text())),
    );

  it('are added through one and used by both', async () => {
    const added = await admin(0, '', json('POST', { url: pods[2]!.url, weight: 2 }));
    expect([added.status, await added.json()]).toEqual([201, { id: expect.any(String), url: pods[2]!.url }]);
    for (const gateway of [0, 1])
      await vi.waitFor(async () => expect(await answers(gateway)).toEqual(new Set(['one', 'two', 'three'])));
    expect((await list(1)).at(-1)).toMatchObject({ url: pods[2]!.url, weight: 2 });
  });

  it('are drained through one and left alone by both', async () => {
    const id = await idOf(pods[0]!.url);
    const drained = await admin(1, `/${id}`, json('PATCH', { isDraining: true }));
    expect([drained.status, await drained.json()]).toMatchObject([200, { id, state: 'draining' }]);
    for (const gateway of [0, 1])
      await vi.waitFor(async () => expect(await answers(gateway)).toEqual(new Set(['two', 'three'])));
  });

  it('are the same after a restart, with MongoDB or with the copy on disk', async () => {
    const away = { ...env, MONGODB_URI: 'mongodb://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' };
    for (const stores of [env, away]) {
      const gateway = await startService('gateway', stores);
      const { items } = (await (await fetch(`${gateway.managementUrl}/admin/backends`)).json()) as { items: View[] };
      expect(items.find(({ url }) => url === pods[0]!.url)).toMatchObject({ state: 'draining' });
      expect(items.some(({ url }) => url === pods[2]!.url)).toBe(true);
      await gateway.stop();
    }
  });

  it('are removed, those of the configuration too', async () => {
    expect((await admin(0, `/${await idOf(pods[1]!.url)}`, { method: 'DELETE' })).status).toBe(204);
    for (const gateway of [0, 1])
      await vi.waitFor(async () => expect(await answers(gateway)).toEqual(new Set(['three'])));
  });

  it.each<[string, string, RequestInit, number, string]>([
    ['a bad URL', '', json('POST', { url: 'ftp://x' }), 400, 'invalid_backend_url'],
    ['a URL with a path', '', json('POST', { url: 'http://x/y' }), 400, 'invalid_backend_url'],
    ['a negative weight', '', json('POST', { url: 'http://x', weight: -1 }), 400, 'invalid_request'],
    ['an unknown field', '', json('POST', { url: 'http://x', wieght: 1 }), 400, 'invalid_request'],
    ['nothing to change', '/0123456789abcdef', json('PATCH', {}), 400, 'invalid_request'],
    ['an unknown id', '/0123456789abcdef', json('PATCH', { weight: 1 }), 404, 'backend_not_found'],
    ['no id', '/x', { method: 'DELETE' }, 400, 'invalid_request'],
    [
      'broken JSON',
      '',
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'invalid_json',
    ],
  ])('refuse %s', async (_, path, init, status, code) => {
    const before = await list();
    const response = await admin(0, path, init);
    expect([response.status, response.headers.get('content-type')?.split(';')[0], await response.json()]).toMatchObject(
      [status, 'application/problem+json', { code }],
    );
    expect((await list()).map(({ url }) => url)).toEqual(before.map(({ url }) => url));
  });

  it('refuse one that is there', async () => {
    expect(await (await admin(1, '', json('POST', { url: pods[2]!.url }))).json()).toMatchObject({
      status: 409,
      code: 'backend_exists',
    });
  });

  it('know what the other gateway has under way', async () => {
    const holding = new AbortController();
    const held = fetch(`${system.gateways[0]!.url}/hold`, { signal: holding.signal }).catch(() => {});
    await vi.waitFor(async () =>
      expect((await list(1))[1]).toMatchObject({ own: { requests: 0 }, other: { requests: 1 } }),
    );
    holding.abort();
    await held;
    await vi.waitFor(async () => expect((await list(1))[1]).toMatchObject({ other: { requests: 0 } }), {
      timeout: 5_000,
    });
  });

  it('are shown as metrics', async () => {
    const text = await (await fetch(`${system.gateways[0]!.managementUrl}/metrics`)).text();
    const labels = `pool="web",backend="${pods[2]!.url}"`;
    for (const line of [
      `slipstream_backend_state{${labels},state="healthy"} 1`,
      `slipstream_backend_weight{${labels}} 2`,
      `slipstream_backend_ejections_total{${labels}} 0`,
    ])
      expect(text).toContain(line);
    expect(
      Number(new RegExp(`slipstream_backend_answers_total\\{${labels},status="2xx"\\} (\\d+)`).exec(text)?.[1]),
    ).toBeGreaterThan(10);
    expect(text).toMatch(new RegExp(`slipstream_backend_latency_seconds_count\\{${labels}\\} \\d+`));
  });
});
