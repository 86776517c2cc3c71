import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import { startService, type ServiceProcess } from './process.js';
import { storesOfWorker } from './store-sets.mjs';

/** Addresses of a system's stores: those of this spec file, with a database and a folder of its own. */
export function storesEnv(): Record<'REDIS_URL' | 'RABBITMQ_URL' | 'MONGODB_URI' | 'DOCUMENTS_VECTORS_URL', string> {
  const stores = storesOfWorker(inject('storeSets'), process.env.VITEST_POOL_ID);
  const mongodb = new URL(stores.MONGODB_URI);
  mongodb.pathname = `/e2e_${randomUUID().slice(0, 8)}`;
  const vectors = join(tmpdir(), `slipstream-e2e-${mongodb.pathname.slice(1)}`);
  return { ...stores, MONGODB_URI: mongodb.href, DOCUMENTS_VECTORS_URL: vectors };
}

/** A system of processes that were started together. */
export interface System {
  gateways: ServiceProcess[];
  all: ServiceProcess[];
  stop(): Promise<void>;
}

/** Starts the named services on shared stores. */
export async function startSystem(names: readonly string[], env: NodeJS.ProcessEnv = storesEnv()): Promise<System> {
  const all = await Promise.all(names.map((name) => startService(name, env)));
  return {
    all,
    gateways: all.filter(({ url }) => url !== ''),
    async stop() {
      await Promise.all(all.map((service) => service.stop()));
    },
  };
}

/** Everything in one process: in-process queue, events and cache, real MongoDB. */
export const startStandalone = (env: NodeJS.ProcessEnv = {}): Promise<System> =>
  startSystem(['standalone'], { ...ownStores(), ...env });

/** What standalone does not keep in its own memory. */
function ownStores(): Pick<ReturnType<typeof storesEnv>, 'MONGODB_URI' | 'DOCUMENTS_VECTORS_URL'> {
  const { MONGODB_URI, DOCUMENTS_VECTORS_URL } = storesEnv();
  return { MONGODB_URI, DOCUMENTS_VECTORS_URL };
}

/** Resolves when every service reaches all that it stands on. */
export async function untilReady({ all }: System): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const { managementUrl } of all) {
        expect(await (await fetch(`${managementUrl}/health/ready`)).json()).toMatchObject({ status: 'ok' });
      }
    },
    { timeout: 30_000, interval: 100 },
  );
}
