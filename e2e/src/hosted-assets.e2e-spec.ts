import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandalone, untilReady, type System } from './system.js';

interface Hosted {
  id: string;
  url: string;
  type: string;
  bytes: number;
  sha256: string;
}

let system: System;
let api: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hosted-assets-'));
  const file = join(folder, 'slipstream.yaml');
  const signing = { key: 'a key of 32 characters, or longer', paths: ['/files/**'] };
  await writeFile(file, JSON.stringify({ hostedAssets: { maxFileBytes: 100_000 }, web: { cdn: { signing } } }));
  system = await startStandalone({ SLIPSTREAM_CONFIG: file });
  await untilReady(system);
  api = `${system.gateways[0]!.url}/slipstream/v1/assets`;
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

const put = (name: string, body: Uint8Array | string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${api}?name=${encodeURIComponent(name)}`, { method: 'PUT', body: body as never, headers });
const codeOf = async (response: Response): Promise<[number, unknown]> => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

describe('a hosted file', () => {
  it('gets a URL with the hash of its content, is served there, listed and removed', async () => {
    const content = randomBytes(90_000);
    const stored = await put('Logo.PNG', content, { 'content-type': 'text/html' });
    expect(stored.status).toBe(201);
    const asset = (await stored.json()) as Hosted;
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(asset).toMatchObject({ type: 'image/png', bytes: 90_000, sha256 });
    expect(asset.url).toMatch(/^\/slipstream\/assets\/logo-[\w-]{22}\.png$/);
    const again = await put('logo.png', content);
    expect([again.status, await again.json()]).toEqual([200, asset]);

    const at = system.gateways[0]!.url + asset.url;
    const served = await fetch(at);
    expect(Buffer.from(await served.arrayBuffer()).equals(content)).toBe(true);
    expect(served.headers.get('content-security-policy')).toBe('sandbox');
    const part = await fetch(at, { headers: { range: 'bytes=70000-70009' } });
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(70_000, 70_010))).toBe(true);

    const listed = (await (await fetch(api)).json()) as { items: Hosted[] };
    expect(listed.items).toContainEqual(asset);
    expect((await fetch(`${api}/${asset.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(await fetch(at))).toEqual([404, 'asset_not_found']);
    expect(await codeOf(await fetch(`${api}/${asset.id}`, { method: 'DELETE' }))).toEqual([404, 'asset_not_found']);
  });

  it('may be JSON, or come in a multipart body', async () => {
    const json = await put('data.json', '{"a":1}', { 'content-type': 'application/json' });
    expect(json.status).toBe(201);
    const { url } = (await json.json()) as Hosted;
    expect(await (await fetch(system.gateways[0]!.url + url)).json()).toEqual({ a: 1 });
    const form = new FormData();
    form.set('file', new Blob(['body{}']), 'x.css');
    const css = await put('x.css', form);
    expect([css.status, ((await css.json()) as Hosted).bytes]).toEqual([201, 6]);
  });

  it.each([
    ['is too large', 'a.png', Buffer.alloc(100_001), 413, 'asset_too_large'],
    ['is empty', 'a.png', '', 400, 'asset_empty'],
    ['is a page', 'a.html', '<p>', 415, 'asset_type_refused'],
  ])('that %s is refused', async (_, name, body, status, code) =>
    expect(await codeOf(await put(name, body, { 'content-type': 'image/png' }))).toEqual([status, code]),
  );
});

it('a path can be signed, and is served only so', async () => {
  const { url: gateway } = system.gateways[0]!;
  const signed = await fetch(`${api}/signed-urls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: '/files/a.pdf', expiresInSeconds: 60 }),
  });
  const { url } = (await signed.json()) as { url: string };
  expect(url).toMatch(/^\/files\/a\.pdf\?slipstream-expires=\d+&slipstream-signature=[\w-]{43}$/);
  expect(await codeOf(await fetch(`${gateway}/files/a.pdf`))).toEqual([403, 'url_signature_invalid']);
  expect((await fetch(gateway + url)).status).not.toBe(403);
});
