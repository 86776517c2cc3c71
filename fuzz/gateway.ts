import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { KEY } from './corpus.js';
import { honestClients } from './honest-clients.js';

/** What it listens with. */
export interface ListenerKind {
  isTls: boolean;
  hasKeys: boolean;
}

/** A real gateway process, and what it says of itself. */
export interface FuzzedGateway {
  process: ServiceProcess;
  /** Of what is under way or held, by series; all of it ends when its clients do. */
  gauges(): Promise<Record<string, number>>;
  memoryBytes(): Promise<number>;
  /** Log lines of a fault that nothing caught. */
  faults(): unknown[];
  stop(): Promise<void>;
}

/** Without stores: the native API says so, with 503, once it has read a request. */
const STORES_AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
const UNDER_WAY =
  /^(slipstream_\w*(?:in_flight|coalesced_fetches|buffered_bytes|written_ahead_bytes|waiting|open)(?:\{[^}]*\})?) (\S+)$/gm;
const PAGE_BYTES = 4096;
/** The listener notices within this that a client has left without a word. */
const LEFT_WITHIN_MS = 15_000;

export async function startFuzzedGateway(backend: string, { isTls, hasKeys }: ListenerKind): Promise<FuzzedGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-fuzz-'));
  const file = join(folder, 'slipstream.yaml');
  const keys = hasKeys
    ? [{ id: 'fuzz', hash: `sha256:${createHash('sha256').update(KEY).digest('hex')}`, role: 'admin' }]
    : [];
  const listen = { writeIdleTimeoutMs: LEFT_WITHIN_MS, ...(isTls && { tls: { selfSigned: true } }) };
  const web = {
    preset: 'open-webui', // its rules store answers that all clients share, and assets are made smaller
    overlayFile: join(folder, 'backends.json'),
    assets: { directory: join(folder, 'assets') },
  };
  await writeFile(file, JSON.stringify({ keys, listen, web }));
  const service = await startService('gateway', { ...STORES_AWAY, SLIPSTREAM_CONFIG: file, WEB_BACKENDS: backend });
  await untilServing(service.url);
  return {
    process: service,
    async gauges() {
      const text = await (await fetch(`${service.managementUrl}/metrics`)).text();
      return Object.fromEntries([...text.matchAll(UNDER_WAY)].map(([, series, value]) => [series, Number(value)]));
    },
    memoryBytes: async () =>
      Number((await readFile(`/proc/${service.child.pid}/statm`, 'utf8')).split(' ')[1]) * PAGE_BYTES,
    faults: () => service.logs.filter(({ level, msg }) => level === 'fatal' || /uncaught|unhandled/i.test(String(msg))),
    async stop() {
      await service.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The first health checks of the backends are done. */
async function untilServing(url: string): Promise<void> {
  for (;;) {
    const { wrong } = await honestClients(url, AbortSignal.timeout(500));
    if (wrong.length === 0) return;
  }
}
