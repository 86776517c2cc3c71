import { createServer } from 'node:net';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { loadConfig } from '@slipstream/config';
import { createTelemetry } from '@slipstream/telemetry';
import type { StoreKind } from './store-kinds.js';
import { openStores } from './stores.js';

const ALL: readonly StoreKind[] = ['database', 'queue', 'events', 'cache', 'bus'];
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function opened(service: 'standalone' | 'gateway', env: NodeJS.ProcessEnv, kinds = ALL) {
  const telemetry = createTelemetry({ processName: 'test', level: 'silent' });
  const config = await loadConfig({ service, env: { MONGODB_URI: inject('mongodbUri'), ...env } });
  const stores = await openStores(config, telemetry, { kinds });
  closing.push(() => stores.close());
  return { stores, names: stores.dependencies.map(({ name }) => name) };
}

/** A server that nothing is to connect to. */
async function unwanted(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { port: (server.address() as { port: number }).port, connections: () => connections };
}

it('asks each store that is another process, and really', async () => {
  const { stores, names } = await opened('gateway', {
    REDIS_URL: inject('redisUrl'),
    RABBITMQ_URL: inject('rabbitmqUrl'),
  });
  expect(names).toEqual(['mongodb', 'rabbitmq', 'redis']);
  for (const { check } of stores.dependencies) await vi.waitFor(() => check(), { timeout: 20_000 });
  await stores.close();
  for (const { check } of stores.dependencies) await expect(check()).rejects.toThrow();
});

it('has nothing but MongoDB outside of the process where URLs say memory:', async () => {
  const { names } = await opened('standalone', {});
  expect(names).toEqual(['mongodb']);
});

describe('a service that names some kinds of stores', () => {
  it('opens neither broker nor Redis when it names the database only', async () => {
    const [redis, rabbitmq] = [await unwanted(), await unwanted()];
    const urls = {
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      RABBITMQ_URL: `amqp://127.0.0.1:${rabbitmq.port}`,
    };
    const { stores, names } = await opened('gateway', urls, ['database']);
    expect(names).toEqual(['mongodb']);
    await vi.waitFor(() => stores.dependencies[0]!.check(), { timeout: 20_000 });
    expect(stores).not.toHaveProperty('broker');
    expect([redis.connections(), rabbitmq.connections()]).toEqual([0, 0]);
  });

  it('opens no database and no object cache when it names the queue only', async () => {
    const database = await unwanted();
    const urls = {
      MONGODB_URI: `mongodb://127.0.0.1:${database.port}/none`,
      REDIS_URL: inject('redisUrl'),
      RABBITMQ_URL: inject('rabbitmqUrl'),
    };
    const { stores, names } = await opened('gateway', urls, ['queue']);
    expect(names).toEqual(['rabbitmq', 'redis']);
    for (const { check } of stores.dependencies) await vi.waitFor(() => check(), { timeout: 20_000 });
    expect(Object.keys(stores)).not.toEqual(expect.arrayContaining(['cache']));
    expect(database.connections()).toBe(0);
  });
});
