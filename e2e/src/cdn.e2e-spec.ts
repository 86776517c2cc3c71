import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetView, type CdnView } from '@slipstream/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEdge } from './fake-edge.js';
import { HttpServers } from './http-servers.js';
import { startSystem, storesEnv, type System } from './system.js';

const DEADLINE = { timeout: 20_000, interval: 20 };
const SCRIPT = '/_app/immutable/start.B7xK29Qa.js';

const edge = new FakeEdge();
const servers = new HttpServers();
let edgeUrl: string;
let system: System;
let folder: string;
/** Counts the answers of the application. */
let made = 0;

beforeAll(async () => {
  edgeUrl = await edge.listen();
  const application = await servers.serve((req, res) => {
    made += 1;
    const type = /\.js$/.test(req.url ?? '')
      ? 'text/javascript'
      : /^\/api|\.json$/.test(req.url ?? '')
        ? 'application/json'
        : 'text/html';
    res.setHeader('content-type', `${type}; charset=utf-8`);
    if (req.url === '/') return void res.end(`<!doctype html><script type="module" src="${SCRIPT}"></script>`);
    res.end(req.url === '/_app/version.json' ? '{"version":"1"}' : `made ${made}`);
  });
  folder = await mkdtemp(join(tmpdir(), 'slipstream-cdn-'));
  const file = join(folder, 'slipstream.yaml');
  await writeFile(
    file,
    JSON.stringify({
      cache: { prefix: `e2e-cdn-${process.pid}:` },
      web: {
        preset: 'open-webui',
        overlayFile: join(folder, 'backends.json'),
        assets: { directory: join(folder, 'assets') },
        cache: {
          reads: { '/docs/{page}': { class: 'public', ttlMs: 3_600_000, tags: ['docs', 'doc:{page}'] } },
          writes: { '/docs/{page}': { drops: ['doc:{page}'] } },
        },
        cdn: {
          url: edgeUrl,
          tagField: 'surrogate-key',
          purge: { driver: 'purge', endpoints: [edgeUrl], timeoutMs: 5_000 },
          health: { intervalMs: 50, paths: ['/_app/version.json'] },
        },
      },
    }),
  );
  system = await startSystem(['gateway'], { ...storesEnv(), WEB_BACKENDS: application, SLIPSTREAM_CONFIG: file });
  edge.origin = system.gateways[0]!.url;
});
afterAll(async () => {
  await system.stop();
  edge.close();
  servers.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => void (edge.fault = undefined));

const atEdge = async (path: string, headers: Record<string, string> = {}): Promise<[string | null, string]> => {
  const response = await fetch(edgeUrl + path, { headers });
  return [response.headers.get('x-edge'), await response.text()];
};
const purge = async (body: object): Promise<number> =>
  (
    await fetch(`${system.gateways[0]!.managementUrl}/admin/cache/purge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).status;
const view = async (): Promise<CdnView> =>
  (await (await fetch(`${system.gateways[0]!.managementUrl}/admin/cdn`)).json()) as CdnView;

describe('a network in front of the gateway', () => {
  it('stores public files, and nothing of a user', async () => {
    const user = { cookie: 'token=a.b.c' };
    for (const path of [SCRIPT, '/docs/a']) {
      const [, text] = await atEdge(path);
      expect(await atEdge(path)).toEqual(['hit', text]);
    }
    for (const path of ['/api/models', '/api/v1/auths/', '/api/v1/users/7/profile/image', '/other.png'])
      for (let i = 0; i < 2; i++) expect((await atEdge(path, user))[0]).toBe('miss');
  });

  it.each([
    ['url', { url: '/docs/b' }, '/docs/b'],
    ['prefix', { prefix: '/docs/' }, '/docs/*'],
    ['tag', { tag: 'docs' }, '/ docs'],
    ['everything', { everything: true }, '/*'],
  ])('is purged by %s', async (_, body, line) => {
    const [, text] = await atEdge('/docs/b');
    expect(await atEdge('/docs/b')).toEqual(['hit', text]);
    expect(await purge(body)).toBe(204);
    await vi.waitFor(async () => expect((await atEdge('/docs/b'))[1]).not.toBe(text), DEADLINE);
    expect(edge.purges).toContain(line);
  });

  it('drops what a write changes, and only that', async () => {
    const [[, a], [, b]] = [await atEdge('/docs/a'), await atEdge('/docs/b')];
    expect((await fetch(`${system.gateways[0]!.url}/docs/a`, { method: 'POST' })).status).toBe(200);
    await vi.waitFor(async () => expect((await atEdge('/docs/a'))[1]).not.toBe(a), DEADLINE);
    expect(await atEdge('/docs/b')).toEqual(['hit', b]);
    await vi.waitFor(async () => expect((await view()).purges?.pending).toBe(0), DEADLINE);
    const purges = edge.purges.length;
    await fetch(`${system.gateways[0]!.url}/api/v1/chats/new`, { method: 'POST', headers: { cookie: 'token=a.b.c' } });
    await purge({ tag: 'doc:x' }); // later than the purges of that write, if it had any
    await vi.waitFor(() => expect(edge.purges.at(-1)).toBe('/ doc:x'), DEADLINE);
    expect(edge.purges).toHaveLength(purges + 1);
  });

  it('that refuses purges gets them later, and shows why', async () => {
    let refused = 0;
    edge.fault = (req, res) => {
      if (req.method !== 'PURGE' || refused > 0) return false;
      refused += 1;
      res.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    };
    await purge({ url: '/docs/c' });
    await vi.waitFor(async () => {
      const { pending, lastFailure } = (await view()).purges!;
      expect({ pending, lastFailure }).toEqual({ pending: 1, lastFailure: 'answered 429' });
    }, DEADLINE);
    await vi.waitFor(() => expect(edge.purges.at(-1)).toBe('/docs/c'), DEADLINE);
    await vi.waitFor(async () => {
      const { pending, lastFailure, calls } = (await view()).purges!;
      expect({ pending, lastFailure, later: calls.later }).toEqual({ pending: 0, lastFailure: undefined, later: 1 });
    }, DEADLINE);
  });
});

it('operators see what was made smaller', async () => {
  const { managementUrl } = system.gateways[0]!;
  await vi.waitFor(async () => {
    const figures = assetView.parse(await (await fetch(`${managementUrl}/admin/assets`)).json());
    expect(figures).toMatchObject({
      processes: 1,
      optimizer: { ends: { transformer: { crashed: 0 } } },
      store: { directory: join(folder, 'assets'), writeErrors: 0 },
    });
  }, DEADLINE);
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
  expect(metrics).toContain('# TYPE slipstream_assets_worker_ends_total counter');
});

describe('pages', () => {
  const page = async (): Promise<string> => {
    const response = await fetch(`${system.gateways[0]!.url}/`, { headers: { accept: 'text/html' } });
    return response.text();
  };
  const atNetwork = () => `<!doctype html><script type="module" src="${edgeUrl}${SCRIPT}"></script>`;
  const here = `<!doctype html><script type="module" src="${SCRIPT}"></script>`;

  it('refer to the network, whose files pages of other origins may read', async () => {
    await vi.waitFor(async () => expect(await page()).toBe(atNetwork()), DEADLINE);
    const { headers } = await fetch(edgeUrl + SCRIPT);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['unreachable', (): number => 503, ''],
    ['wrong', (): number => 200, '<p>parked domain</p>'],
  ])('refer to the gateway while the network is %s', async (type, status, text) => {
    edge.fault = (req, res) => {
      if (req.method !== 'GET') return false;
      res.writeHead(status(), { 'content-type': 'text/html' }).end(text);
      return true;
    };
    await vi.waitFor(async () => expect((await view()).health).toMatchObject({ isHealthy: false }), DEADLINE);
    expect((await view()).health?.reason).toContain(`${type}: /_app/version.json`);
    await vi.waitFor(async () => expect(await page()).toBe(here), DEADLINE);
    edge.fault = undefined;
    await vi.waitFor(async () => expect(await page()).toBe(atNetwork()), DEADLINE);
    expect((await view()).health).toMatchObject({ isHealthy: true });
  });
});
