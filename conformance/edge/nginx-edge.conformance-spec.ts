import { spawn, type ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { programPath } from '../provision/program-path.js';

const WAIT = { timeout: 60_000, interval: 50 };
const textOf = (name: string): string =>
  Array.from({ length: 3_000 }, (_, i) => `globalThis.v${i} = ${i * 7919};`).join('\n') + name;
const OLD = '/_app/immutable/old.js';
const NEW = '/_app/immutable/new.js';
const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd, dcb, dcz' };
const RETURNING = { ...BROWSER, 'available-dictionary': `:${hash('sha256', textOf(OLD), 'base64')}:` };

interface Answer {
  readonly statusCode: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const request = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) =>
    get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode, headers: fields } = response;
        resolve({ statusCode, headers: fields, body: Buffer.concat(chunks) });
      });
    }).on('error', reject),
  );

/** The configuration of docs/cdn.md, with a fixed host: the gateway stores the files of each host apart. */
const configurationOf = (folder: string, port: number, gatewayUrl: string): string => `
  daemon off;
  master_process off; # it keeps the rights of this process
  pid ${folder}/nginx.pid;
  error_log ${folder}/error.log;
  events {}
  http {
    access_log off;
    client_body_temp_path ${folder}/bodies;
    proxy_temp_path ${folder}/parts;
    proxy_cache_path ${folder}/cache keys_zone=edge:1m;
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass ${gatewayUrl};
        proxy_http_version 1.1;
        proxy_set_header Host ${new URL(gatewayUrl).host};
        proxy_cache edge;
        proxy_cache_key $host$request_uri$http_available_dictionary;
        proxy_cache_revalidate on;
        proxy_force_ranges on;
        add_header X-Edge $upstream_cache_status always;
      }
    }
  }`;

let origin: Server;
let gateway: GatewayProcess;
let nginx: ChildProcess;
let folder: string;
let edge: string;

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nginx-edge-'));
  origin = createServer(({ url = '' }, response) => {
    const isScript = url.endsWith('.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'application/json');
    response.end(isScript ? textOf(url) : '{}');
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  gateway = await startGateway([`http://127.0.0.1:${(origin.address() as AddressInfo).port}`], {
    preset: 'open-webui',
    assets: { dictionaries: true, dictionaryDelayMs: 50, directory: join(folder, 'assets') },
    cdn: { url: 'https://cdn.example', signing: { key: 'a key of 32 characters or more!!', paths: ['/files/**'] } },
  });
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configurationOf(folder, port, gateway.url));
  nginx = spawn(programPath('nginx'), ['-c', file, '-p', folder], { stdio: 'ignore' });
  edge = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  }, WAIT);
}, 120_000);
afterAll(async () => {
  nginx?.kill();
  await gateway?.stop();
  origin?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Waits until the gateway has made the form. */
const made = (path: string, headers: Record<string, string>, coding: string): Promise<Answer> =>
  vi.waitFor(async () => {
    const answer = await request(gateway.url + path, headers);
    expect(answer.headers['content-encoding']).toBe(coding);
    return answer;
  }, WAIT);

const edgeOf = ({ statusCode, headers }: Answer): unknown[] => [statusCode, headers['x-edge']];

it('stores a file that never changes, once per coding', async () => {
  const codings = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync };
  for (const [coding, decode] of Object.entries(codings)) {
    const headers = { 'accept-encoding': coding };
    const direct = await made(OLD, headers, coding);
    for (const status of ['MISS', 'HIT']) {
      const answer = await request(edge + OLD, headers);
      expect([...edgeOf(answer), answer.headers.etag]).toEqual([200, status, direct.headers.etag]);
      expect(decode(answer.body).toString()).toBe(textOf(OLD));
    }
  }
});

it('answers 304 and ranges by the tag of the form', async () => {
  const headers = { 'accept-encoding': 'br' };
  const { body, headers: fields } = await made(OLD, headers, 'br');
  await request(edge + OLD, headers);
  expect(edgeOf(await request(edge + OLD, { ...headers, 'if-none-match': fields.etag! }))).toEqual([304, 'HIT']);
  const part = await request(edge + OLD, { ...headers, range: 'bytes=2-9', 'if-range': fields.etag! });
  expect([...edgeOf(part), part.body.equals(body.subarray(2, 10))]).toEqual([206, 'HIT', true]);
});

it('stores no answer for one user, no answer without a rule, and none for a signed URL', async () => {
  const cookie = `token=x.${Buffer.from('{"id":"7"}').toString('base64url')}.y`;
  for (const path of ['/api/v1/users/7/settings', '/unknown'])
    for (let i = 0; i < 2; i++) expect(edgeOf(await request(edge + path, { cookie }))).toEqual([200, 'MISS']);
  expect(edgeOf(await request(`${edge}/files/a.pdf`))).toEqual([403, 'MISS']);
});

it('stores the difference for browsers with the dictionary, and whole files for all others', async () => {
  await vi.waitFor(async () => {
    const { headers } = await request(gateway.url, { 'sec-fetch-dest': 'document' });
    expect(headers.link).toContain('.dictionary>');
  }, WAIT);
  await made(NEW, RETURNING, 'dcz');
  await made(NEW, BROWSER, 'br');
  for (const status of ['MISS', 'HIT']) {
    const difference = await request(edge + NEW, RETURNING);
    expect([...edgeOf(difference), difference.headers['content-encoding']]).toEqual([200, status, 'dcz']);
    const dictionary = Buffer.from(textOf(OLD));
    expect(zlib.zstdDecompressSync(difference.body.subarray(40), { dictionary } as object).toString()).toBe(
      textOf(NEW),
    );
    const whole = await request(edge + NEW, BROWSER);
    expect([...edgeOf(whole), whole.headers['content-encoding']]).toEqual([200, status, 'br']);
    expect(zlib.brotliDecompressSync(whole.body).toString()).toBe(textOf(NEW));
  }
});
