import { randomUUID } from 'node:crypto';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Redis } from 'ioredis';
import { openOurCache } from './our-cache.mjs';
import { VALUES } from './values.mjs';

/** Reads at a time, where a read waits for Redis: what a busy process has under way. */
const CONCURRENCY = 64;
/** So many keys, so that nothing is the one object that is always at hand. */
const KEYS = 1_000;
/** Between two looks at the clock. */
const BATCH = 2_000;
/** Too little for any value, so that every read is answered by Redis. */
const NO_MEMORY_BYTES = 1;
/** On a machine that is busy with other things Redis may take longer than the 50 ms that a service would wait. */
const PATIENT_MS = 1_000;
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Reads per second, round by round, of one value's size.
 * @typedef {{value: string, bytes: number, ways: Record<'memory' | 'bentocache' | 'shared' | 'bare', number[]>}} Hits
 */

/** @returns {Promise<Hits[]>} one for each size of value */
export async function measureHits(context) {
  const measured = [];
  for (const [name, value] of Object.entries(VALUES)) measured.push(await measureValue(name, value, context));
  return measured;
}

async function measureValue(name, value, { redisUrl, rounds, seconds, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const ways = await openWays(stack, redisUrl, value);
  const measured = {
    value: name,
    bytes: Buffer.byteLength(JSON.stringify(value)),
    ways: Object.fromEntries(Object.keys(ways).map((way) => [way, []])),
  };
  for (let round = 0; round <= rounds; round++) {
    log(`hits, ${name}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
    for (const [way, read] of Object.entries(ways)) {
      signal.throwIfAborted();
      const perSecond = await readsPerSecond(read, seconds);
      if (round > 0) measured.ways[way].push(perSecond);
    }
  }
  return measured;
}

/**
 * Each way as a function of a key's number that reads its value. What is measured is only the read: every key is there
 * before.
 */
async function openWays(stack, redisUrl, value) {
  const prefix = `bench-cache-${randomUUID()}:`;
  const ours = await openOurCache(redisUrl, prefix);
  stack.defer(() => ours.close());
  const bare = new Redis(redisUrl);
  stack.defer(() => bare.quit());
  const bento = new BentoCache({
    default: 'l1',
    stores: { l1: bentostore().useL1Layer(memoryDriver({ maxSize: MEMORY_BYTES, maxItems: 10 * KEYS })) },
  });
  stack.defer(() => bento.disconnectAll());
  const withoutMemory = await openOurCache(redisUrl, prefix, { maxBytes: NO_MEMORY_BYTES, redisWaitMs: PATIENT_MS });
  stack.defer(() => withoutMemory.close());
  for (let i = 0; i < KEYS; i++) {
    await Promise.all([
      ours.manager.getOrLoad(keyOf(i), async () => value),
      bento.set({ key: keyOf(i), value, ttl: '1h' }),
      bare.set(prefix + keyOf(i), JSON.stringify(value), 'EX', 3_600),
    ]);
  }
  const names = Array.from({ length: KEYS }, (_, i) => keyOf(i));
  stack.defer(() => Promise.all([ours.manager.delete(...names), bare.del(names.map((name) => prefix + name))]));
  const load = () => Promise.reject(new Error('A hit was to be measured, and there was none.'));
  return {
    memory: { concurrency: 1, read: (i) => ours.manager.getOrLoad(keyOf(i), load) },
    bentocache: { concurrency: 1, read: (i) => bento.getOrSet({ key: keyOf(i), factory: load, ttl: '1h' }) },
    shared: { concurrency: CONCURRENCY, read: (i) => withoutMemory.manager.getOrLoad(keyOf(i), load) },
    bare: {
      concurrency: CONCURRENCY,
      read: async (i) => JSON.parse((await bare.get(prefix + keyOf(i))) ?? (await load())),
    },
  };
}

const keyOf = (i) => `user:${i}`;

async function readsPerSecond({ concurrency, read }, seconds) {
  const start = performance.now();
  const until = start + seconds * 1_000;
  let reads = 0;
  const reader = async () => {
    while (performance.now() < until) {
      for (let i = 0; i < BATCH / concurrency; i++) await read(reads++ % KEYS);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  return (reads * 1_000) / (performance.now() - start);
}
