import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

/** Nothing listens on port 1. */
const NO_DATABASE = 'mongodb://127.0.0.1:1/none';
/** Registered with the object cache alone. */
const OF_OBJECT_CACHE = 'slipstream_object_cache_entries';

describe('a document-worker without the MongoDB that it names', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem(['document-worker'], { ...storesEnv(), MONGODB_URI: NO_DATABASE });
  });
  afterAll(() => system.stop());

  it('is not ready, and lives on', async () => {
    const health = (path: string) => fetch(`${system.all[0]!.managementUrl}/health/${path}`);
    const ready = await health('ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ error: { mongodb: { status: 'down' } } });
    expect((await health('live')).status).toBe(200);
  });
});

describe('the object cache', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem(['document-worker', 'chat-worker', 'notification-worker'], storesEnv());
    await untilReady(system);
  });
  afterAll(() => system.stop());

  it('is open in the worker that names it, and closed in the others', async () => {
    const metrics = await Promise.all(
      system.all.map(async ({ managementUrl }) => (await fetch(`${managementUrl}/metrics`)).text()),
    );
    expect(metrics.map((text) => text.includes(OF_OBJECT_CACHE))).toEqual([true, false, false]);
  });
});
