import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@slipstream/e2e/free-port';
import { HttpServers } from '@slipstream/e2e/http-servers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { programPath } from '../provision/program-path.js';

const WAIT = { timeout: 60_000, interval: 50 };
const EXAMPLE = fileURLToPath(new URL('../../examples/varnish/cdn.vcl', import.meta.url));

const servers = new HttpServers();
let gateway: GatewayProcess;
let varnish: ChildProcess;
let folder: string;
let edge: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'varnish-edge-'));
  const origin = await servers.serve(({ url }, response) => {
    response.setHeader('content-type', 'text/plain').end(url);
  });
  edge = `http://127.0.0.1:${await freePort()}`;
  gateway = await startGateway([origin], {
    cache: { reads: { '/docs/{name}': { class: 'public', ttlMs: 3_600_000, tags: ['docs', 'doc:{name}'] } } },
    cdn: { url: edge, tagField: 'surrogate-key', purge: { driver: 'purge', endpoints: [edge] } },
  });
  const file = join(folder, 'cdn.vcl');
  await writeFile(file, (await readFile(EXAMPLE, 'utf8')).replace('"8080"', `"${new URL(gateway.url).port}"`));
  const args = ['-F', '-j', 'none', '-a', new URL(edge).host, '-n', join(folder, 'varnish'), '-f', file];
  varnish = spawn(programPath('varnishd'), args, { stdio: 'ignore' });
  await vi.waitFor(() => fetch(edge), WAIT);
}, 120_000);
afterAll(async () => {
  varnish?.kill();
  servers.close();
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** @returns `hit` or `miss` */
const ask = async (path: string): Promise<string | null> => {
  const response = await fetch(edge + path);
  expect(await response.text()).toBe(path);
  return response.headers.get('x-edge');
};

it.each([
  ['URL', { url: '/docs/a?v=(1)' }, '/docs/a?v=(1)', '/docs/a?v=(1)2'],
  ['prefix', { prefix: '/docs/a?v=[1' }, '/docs/a?v=[1]', '/docs/b?v=[1]'],
  ['prefix of a path', { prefix: '/docs/a.b' }, '/docs/a.bc', '/docs/a-bc'],
  ['tag', { tag: 'doc:a.b+(c)' }, '/docs/a.b+(c)', '/docs/a-b+(c)'],
])('drops what a purge by %s names, and nothing else', async (_, purge, named, other) => {
  for (const path of [named, other]) {
    await ask(path);
    expect(await ask(path)).toBe('hit');
  }
  const sent = await fetch(`${gateway.managementUrl}/admin/cache/purge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(purge),
  });
  expect(sent.status).toBeLessThan(300);
  await vi.waitFor(async () => expect(await ask(named)).toBe('miss'), WAIT);
  expect(await ask(other)).toBe('hit');
});

it('stores no answer without a rule', async () => {
  for (let i = 0; i < 2; i++) expect(await ask('/other')).toBe('miss');
});
