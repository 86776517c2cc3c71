import { request } from 'undici';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORES } from '../harness/cores.mjs';
import { cpuSeconds } from '../harness/process-usage.mjs';
import { startService } from '../harness/service.mjs';
import { measureInTurns } from '../harness/turns.mjs';

const LANES = 16;
const CHATS = 16;
const WARM_UP_MS = 5_000;

/** The second one is the first again: what differs between both is the error of the measurement. */
const WAYS = [
  { name: 'without the monitor', queryMonitor: false },
  { name: 'without the monitor, again', queryMonitor: false },
  { name: 'with monitor and optimizer', queryMonitor: true },
];

/**
 * Throughput and processor time of the gateway's native API with and without the monitor: five lists of chats, three
 * of messages, and two changes of a title in ten requests, each with a round trip to the database.
 * @param {{stores: Record<string, string>, rounds: number, turnMs: number, signal?: AbortSignal}} options
 * @param {AsyncDisposableStack} stack ends the gateways
 * @returns {Promise<{way: string, perSecond: number[], cpuMicros: number[]}[]>} a figure for each round
 */
export async function measureServiceCost({ stores, rounds, turnMs, signal }, stack) {
  const ways = [];
  for (const way of WAYS) ways.push(await startWay(way, stores, stack));
  for (const way of ways) await load(way, WARM_UP_MS);
  return await measureInTurns(ways, { rounds, signal }, (way) => load(way, turnMs));
}

async function startWay({ name, queryMonitor }, stores, stack) {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-bench-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'slipstream.yaml');
  writeFileSync(file, JSON.stringify({ mongodb: { queryMonitor } })); // JSON is YAML
  const uri = new URL(stores.MONGODB_URI);
  uri.pathname = `/bench_service_${randomUUID().slice(0, 8)}`;
  const env = { ...stores, MONGODB_URI: uri.href, SLIPSTREAM_CONFIG: file, CACHE_PREFIX: `bench-${randomUUID()}:` };
  const gateway = await startService('gateway', env, { cores: CORES.alone });
  stack.defer(() => gateway.stop());
  return { name, gateway, ...(await fill(gateway.url)) };
}

async function fill(url) {
  const { id: userId } = await send(url, 'POST', '/users', { name: 'Ada' });
  const chats = [];
  for (let n = 0; n < CHATS; n++) chats.push((await send(url, 'POST', '/chats', { userId, title: `chat ${n}` })).id);
  return { userId, chats };
}

async function send(url, method, path, body) {
  const headers = body && { 'content-type': 'application/json' };
  const answer = await request(`${url}/slipstream/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  return JSON.parse(text);
}

async function load({ gateway, userId, chats }, forMs) {
  const startedAt = performance.now();
  const cpuBefore = cpuSeconds(gateway.pid);
  const until = startedAt + forMs;
  let done = 0;
  const lane = async (_, number) => {
    for (let n = number; performance.now() < until; n++, done++) {
      const chat = chats[n % CHATS];
      if (n % 10 < 5) await send(gateway.url, 'GET', `/chats?userId=${userId}`);
      else if (n % 10 < 8) await send(gateway.url, 'GET', `/chats/${chat}/messages`);
      else await send(gateway.url, 'PATCH', `/chats/${chat}`, { title: `title ${n}` });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const cpuMicros = ((cpuSeconds(gateway.pid) - cpuBefore) * 1e6) / done;
  return { perSecond: (1000 * done) / (performance.now() - startedAt), cpuMicros };
}
