import { expect, inject, it, vi } from 'vitest';
import { loadConfig } from '@slipstream/config';
import { createTelemetry } from '@slipstream/telemetry';
import { openStores } from './stores.js';

async function opened(service: 'standalone' | 'gateway', env: NodeJS.ProcessEnv) {
  const telemetry = createTelemetry({ processName: 'test', level: 'silent' });
  const stores = openStores(
    await loadConfig({ service, env: { MONGODB_URI: inject('mongodbUri'), ...env } }),
    telemetry,
  );
  return { stores, names: stores.dependencies.map(({ name }) => name) };
}

it('asks each store that is another process, and really', async () => {
  const { stores, names } = await opened('gateway', {
    REDIS_URL: inject('redisUrl'),
    RABBITMQ_URL: inject('rabbitmqUrl'),
  });
  expect(names).toEqual(['mongodb', 'redis', 'rabbitmq']);
  for (const { check } of stores.dependencies) await vi.waitFor(() => check(), { timeout: 20_000 });
  await stores.close();
  for (const { check } of stores.dependencies) await expect(check()).rejects.toThrow();
});

it('has nothing but MongoDB outside of the process where URLs say memory:', async () => {
  const { stores, names } = await opened('standalone', {});
  expect(names).toEqual(['mongodb']);
  await stores.close();
});
