import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, get, type RequestListener } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { STORES_AWAY } from './http-servers.js';
import { startService } from './process.js';

const CLIENTS = 64;
/** Before the scavenges count: connections are opened, and code is compiled, which takes longer for HTTP/2. */
const WARM_UP = { http1: 6_000, http2: 24_000 } as const;
const COUNTED = 6_000;

/** Lines of `--trace-gc-nvp`; they contain JSON from Node 26 on. */
const SCAVENGE = / gc=s |"gc":"s"/;
const PROMOTED = /[ ,]"?promoted"?[=:](\d+)/;

/** @returns URLs of one server, by so many addresses of this machine */
async function serve(count: number, answer: RequestListener): Promise<string[]> {
  const server = createServer(answer).listen(0, '0.0.0.0');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return Array.from({ length: count }, (_, i) => `http://127.0.${1 + (i >> 8)}.${i & 255}:${port}`);
}

/** @returns the URL of a gateway, and the bytes that each of its scavenges so far has moved to the old generation */
async function startGateway(urls: string[], listen: object) {
  const folder = await mkdtemp(join(tmpdir(), 'finished-requests-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, 'slipstream.yaml');
  const web = { backends: urls.map((url) => ({ url })) };
  await writeFile(config, JSON.stringify({ web, listen: { ...listen, maxConnectionsPerAddress: 0 } }));
  const env = { ...STORES_AWAY, SLIPSTREAM_CONFIG: config };
  const gateway = await startService('gateway', env, { nodeOptions: ['--trace-gc-nvp'] });
  onTestFinished(() => void gateway.stop('SIGKILL'));
  const promotedBytes: number[] = [];
  let rest = '';
  gateway.child.stdout!.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (SCAVENGE.test(line)) promotedBytes.push(Number(PROMOTED.exec(line)?.[1]));
  });
  return { url: gateway.url, promotedBytes };
}

type Ask = (number: number) => Promise<unknown>;

/** Asks over one kept connection for each client. @returns the path of a request by its number */
function overHttp1(url: string, pathOf: (number: number) => string): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  onTestFinished(() => agent.destroy());
  return async (number) => {
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      get(`${url}${pathOf(number)}`, { agent }, resolve).on('error', reject),
    );
    await once(answer.resume(), 'end');
  };
}

/** Asks over one connection for all clients. */
function overHttp2(url: string, pathOf: (number: number) => string): Ask {
  const session = connect(url, { rejectUnauthorized: false });
  onTestFinished(() => session.destroy());
  return (number) => once(session.request({ ':path': pathOf(number) }).resume(), 'end');
}

/** Sends requests one after another for each client, for all clients at the same time. */
async function load(ask: Ask, from: number, count: number): Promise<void> {
  let next = from;
  const client = async (): Promise<void> => {
    while (next < from + count) await ask(next++);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

const page: RequestListener = (_, response) => response.end('ok');
const storable: RequestListener = (_, response) =>
  response.writeHead(200, { 'cache-control': 'public, max-age=600' }).end('x'.repeat(1_000));
const another = (number: number) => `/?page=${number}`;
const one = () => '/';

it.each([
  { what: 'from many backends', backends: 400, answer: page, pathOf: one },
  { what: 'of different pages', answer: page, pathOf: another },
  { what: 'whose answers are stored', answer: storable, pathOf: another },
  { what: 'that the cache answers', answer: storable, pathOf: one },
  { what: 'over HTTP/2', answer: page, pathOf: one, tls: { selfSigned: true } },
  { what: 'over HTTP/2 whose answers are stored', answer: storable, pathOf: another, tls: { selfSigned: true } },
])('finished requests do not outlive a scavenge: those $what', async ({ backends = 1, answer, pathOf, tls }) => {
  const { url, promotedBytes } = await startGateway(await serve(backends, answer), { tls });
  const ask = tls ? overHttp2(url, pathOf) : overHttp1(url, pathOf);
  const warmUp = tls ? WARM_UP.http2 : WARM_UP.http1;
  await load(ask, 0, warmUp);
  const before = promotedBytes.length;
  await load(ask, warmUp, COUNTED);
  const counted = promotedBytes.slice(before);
  expect(counted.length).toBeGreaterThan(2);
  expect(Math.max(...counted)).toBeLessThan(1_000_000);
});
