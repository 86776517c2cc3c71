import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

/** Nothing listens on port 1. */
const NO_DATABASE = 'mongodb://127.0.0.1:1/none';

let system: System;

beforeAll(async () => {
  system = await startSystem(['document-worker'], { ...storesEnv(), MONGODB_URI: NO_DATABASE });
});
afterAll(() => system.stop());

it('a document-worker is ready without MongoDB, which it does not name', async () => {
  await untilReady(system);
  const health = await fetch(`${system.all[0]!.managementUrl}/health/ready`);
  expect(health.status).toBe(200);
  const text = await health.text();
  expect(text).toContain('rabbitmq');
  expect(text).not.toContain('mongodb');
});
