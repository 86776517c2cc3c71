import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { STORES_AWAY } from './http-servers.js';
import { startService } from './process.js';

const BACKENDS = 400;
const CLIENTS = 64;
const REQUESTS = 12_000;
/** Of the last requests of that many, the scavenges count. The first ones open the connections. */
const COUNTED = 6_000;

/** Lines of `--trace-gc-nvp`; they contain JSON from Node 26 on. */
const SCAVENGE = / gc=s |"gc":"s"/;
const PROMOTED = /[ ,]"?promoted"?[=:](\d+)/;

/** @returns URLs of one server, by as many addresses of this machine */
async function serveMany(): Promise<string[]> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '0.0.0.0');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return Array.from({ length: BACKENDS }, (_, i) => `http://127.0.${1 + (i >> 8)}.${i & 255}:${port}`);
}

/** @returns the URL of a gateway, and the bytes that each of its scavenges so far has moved to the old generation */
async function startGateway(urls: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'many-backends-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, 'slipstream.yaml');
  const web = { backends: urls.map((url) => ({ url })) };
  await writeFile(config, JSON.stringify({ web, listen: { maxConnectionsPerAddress: 0 } }));
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

/** Sends requests one after another over one connection each, from all clients at the same time. */
async function load(url: string, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  let due = requests;
  const client = async (): Promise<void> => {
    while (due-- > 0) {
      const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        get(url, { agent }, resolve).on('error', reject),
      );
      await once(answer.resume(), 'end');
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
}

it('requests that have ended do not outlive a scavenge, however many backends there are', async () => {
  const { url, promotedBytes } = await startGateway(await serveMany());
  await load(url, REQUESTS - COUNTED);
  const before = promotedBytes.length;
  await load(url, COUNTED);
  const counted = promotedBytes.slice(before);
  expect(counted.length).toBeGreaterThan(2);
  expect(Math.max(...counted)).toBeLessThan(1_000_000);
});
