import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawing } from './drawing.js';
import { HttpServers } from './http-servers.js';
import { recordOf, signalProcess } from './processes.mjs';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const DEADLINE = { timeout: 50_000, interval: 50 };
const BROWSER = { accept: 'image/avif,image/webp,*/*', 'accept-encoding': 'br' };
/** The end of a word in the command line of the transforming process. */
const TRANSFORMER = '/assets/dist/transformer/transformer.js';
/** Beginnings of images, by type. */
const FORMATS: Readonly<Record<string, RegExp>> = { 'image/avif': /^.{4}ftypavif/s, 'image/webp': /^RIFF.{4}WEBP/s };

interface Asset {
  readonly type: string;
  readonly source: Buffer;
  /** Text without white space and comments. Absent: of images, which may become AVIF or WebP. */
  readonly minified?: string;
}
type Assets = Readonly<Record<string, Asset>>;

const text = (lines: number, line: (i: number) => string): string =>
  Array.from({ length: lines }, (_, i) => line(i)).join('');
const script = (lines: number): Asset => ({
  type: 'text/javascript',
  source: Buffer.from(text(lines, (i) => `globalThis.name${i} = 'value ${i}'; // comment\n`)),
  minified: text(lines, (i) => `globalThis.name${i}="value ${i}";`),
});
const style = (lines: number): Asset => ({
  type: 'text/css',
  source: Buffer.from(text(lines, (i) => `.a${i} {\n  color: red;\n}\n`)),
  minified: text(lines, (i) => `.a${i}{color:red}`),
});
const image = (width: number, height: number): Asset => ({ type: 'image/png', source: drawing(width, height) });

const vectors = (paths: number): Asset => {
  const path = (i: number): string => `<path id="p${i}" d="M${i % 900}.123456 10.5 L 20.25 ${i % 300} L 7 7 Z"/>`;
  const lines = text(paths, (i) => `  <!-- ${i} -->\n  ${path(i)}\n`);
  return { type: 'image/svg+xml', source: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">\n${lines}</svg>`) };
};

/** Work for more than two seconds of a processor each. */
const LARGE: Assets = { '/files/large.png': image(2000, 2000), '/files/large.svg': vectors(10_000) };
const OTHERS: Assets = {
  '/files/a.js': script(200),
  '/files/b.css': style(300),
  '/files/c.png': image(300, 200),
  '/files/d.js': script(300),
};
const ASSETS: Assets = { ...LARGE, ...OTHERS };

const servers = new HttpServers();
let system: System;
let folder: string;
beforeEach(async () => {
  const backend = await servers.serve(({ url = '' }, response) => {
    const { type, source } = ASSETS[url] ?? { type: 'text/plain', source: 'ok' };
    response.setHeader('content-type', type).end(source);
  });
  folder = await mkdtemp(join(tmpdir(), 'asset-crash-'));
  const file = join(folder, 'slipstream.yaml');
  const web = {
    overlayFile: join(folder, 'backends.json'),
    assets: { directory: join(folder, 'assets'), minify: ['/files/**'] },
    cache: { reads: { '/files/**': { class: 'immutable' } } },
  };
  await writeFile(file, JSON.stringify({ cache: { prefix: `${folder}:` }, web }));
  system = await startSystem(['gateway'], { ...storesEnv(), WEB_BACKENDS: backend, SLIPSTREAM_CONFIG: file });
  await untilReady(system); // until the stores answer, nothing is kept
  seen.clear();
});
afterEach(async () => {
  await system.stop();
  servers.close();
  await rm(folder, { recursive: true, maxRetries: 10 });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const request = (path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = get(system.gateways[0]!.url + path, { headers: BROWSER, agent: false }, (response) => {
      const { statusCode: status, headers } = response;
      response.toArray().then((chunks: Buffer[]) => resolve({ status, headers, body: Buffer.concat(chunks) }), reject);
    });
    sent.on('error', reject);
  });

/** All answers of a test: `/path as content`. */
const seen = new Set<string>();

/** @returns the content of the answer (`source`, `minified`, the type of a smaller image) and its part of the source */
async function ask(path: string): Promise<[content: string, ratio: number]> {
  const { status, headers, body } = await request(path);
  const asset = ASSETS[path]!;
  const decoded = headers['content-encoding'] === 'br' ? brotliDecompressSync(body) : body;
  const content = status === 200 ? contentOf(asset, decoded, headers['content-type']) : `status ${status}`;
  seen.add(`${path} as ${content}`);
  return [content, body.length / asset.source.length];
}

function contentOf({ source, minified }: Asset, content: Buffer, type = ''): string {
  if (content.equals(source)) return 'source';
  if (minified !== undefined) return content.toString().trim() === minified ? 'minified' : 'another text';
  return FORMATS[type]?.test(content.toString('latin1', 0, 12)) ? type : 'another image';
}

const askAll = (assets: Assets) => Promise.all(Object.keys(assets).map(ask));

/** The gateway's transforming process, once it has worked for a second. It starts within a third of one. */
const workingTransformer = (): Promise<number> =>
  vi.waitFor(() => {
    const table = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,cputimes=,args=']).toString();
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
    const parent = String(system.gateways[0]!.child.pid);
    const child = rows.find((row) => row[1] === parent && row.some((word) => word.endsWith(TRANSFORMER)));
    expect(Number(child?.[2])).toBeGreaterThan(0);
    return Number(child![0]);
  }, DEADLINE);

/** What the others become. */
const MADE = {
  '/files/a.js': 'minified',
  '/files/b.css': 'minified',
  '/files/c.png': 'image/webp',
  '/files/d.js': 'minified',
};
const CRASHES = 'slipstream_assets_worker_ends_total{worker="transformer",cause="crashed"}';

describe.each(Object.keys(LARGE))('a transforming process that is killed while it works on %s', (large) => {
  it('costs that asset its transformation, and no client its answer', async () => {
    const { child, managementUrl } = system.gateways[0]!;
    await ask(large);
    await askAll(OTHERS);
    const transformer = recordOf(await workingTransformer(), process.execPath)!;
    const during = askAll({ ...OTHERS, [large]: ASSETS[large]! });
    signalProcess(transformer, 'SIGKILL');
    await during;

    await vi.waitFor(async () => {
      const made = await askAll(OTHERS);
      expect(made.map(([content]) => content)).toEqual(Object.values(MADE));
      expect(Math.max(...made.map(([, ratio]) => ratio))).toBeLessThan(0.5);
    }, DEADLINE);
    const [, ratio] = await ask(large);
    expect(ratio < 0.5).toBe(large.endsWith('.svg')); // compressed, or as the backend sent it
    const others = Object.entries(MADE).flatMap(([path, made]) => [`${path} as source`, `${path} as ${made}`]);
    expect(seen).toEqual(new Set([`${large} as source`, ...others]));
    expect(await (await fetch(`${managementUrl}/metrics`)).text()).toContain(`${CRASHES} 1\n`);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
});
