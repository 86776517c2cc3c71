import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { improved } from './testing/improved-answer.js';
import { PresetGateways } from './testing/preset-gateways.js';
import { request } from './testing/raw-request.js';

const gateways = new PresetGateways();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'transformed-'))));
afterEach(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const ACCEPT = { 'accept-encoding': 'gzip, deflate, br, zstd' };
const SCRIPT = Array.from({ length: 200 }, (_, i) => `export const v${i} = {\n  value: ${i * 7919}, // comment\n};`);
const STYLE = Array.from({ length: 200 }, (_, i) => `.c${i} {\n  color: #${100_000 + i};\n}`);
const SVG = `<svg xmlns="http://www.w3.org/2000/svg">${'\n  <!-- comment -->\n  <path d="M 1.00000000001 2"/>'.repeat(50)}</svg>`;
const TYPES = { js: 'text/javascript', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' } as const;
const TEXTS = { js: SCRIPT.join('\n'), css: STYLE.join('\n'), svg: SVG } as const;

const backend: RequestListener = ({ url = '' }, response) => {
  const kind = url.slice(url.lastIndexOf('.') + 1) as keyof typeof TYPES;
  response.writeHead(200, { 'content-type': TYPES[kind], etag: '"v1"' }).end(TEXTS[kind]);
};

describe('a stored asset', () => {
  it.each([
    ['/static/a.js', TEXTS.js, '// comment'],
    ['/assets/a.css', TEXTS.css, ' {'],
    ['/static/a.svg', TEXTS.svg, 'comment'],
    ['/_app/immutable/a.svg', TEXTS.svg, 'comment'],
  ])('of %s goes out as it came, and then in fewer bytes', async (path, text, removed) => {
    const { url } = await gateways.start(backend, { directory });
    expect((await request(url + path, ACCEPT)).body.toString()).toBe(text);
    const { headers, body } = await improved(url + path, ACCEPT);
    expect(headers).toMatchObject({
      etag: expect.stringMatching(/^"slipstream-[\w-]{43}-slipstream\.min\.br"$/) as string,
      'content-encoding': 'br',
    });
    const content = zlib.brotliDecompressSync(body).toString();
    expect([content.includes(removed), content.length < text.length]).toEqual([false, true]);
  });

  it.each([
    ['a script that a page may name with its hash', '/_app/immutable/a.js', {}],
    ['a style sheet of any path, without paths to minify', '/static/a.css', { minify: [] }],
    ['an image, if the setting says so', '/static/a.svg', { images: false }],
  ] as const)('keeps its content: %s', async (_, path, settings) => {
    const { url } = await gateways.start(backend, { directory, ...settings });
    await request(url + path, ACCEPT);
    const { headers, body } = await improved(url + path, ACCEPT);
    const kind = path.slice(path.lastIndexOf('.') + 1) as keyof typeof TEXTS;
    expect(headers.etag).toMatch(/^"slipstream-[\w-]{43}-slipstream\.br"$/);
    expect(zlib.brotliDecompressSync(body).toString()).toBe(TEXTS[kind]);
  });
});
