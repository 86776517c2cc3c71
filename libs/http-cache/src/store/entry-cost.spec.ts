import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { recordOf } from '../testing/records.js';
import { inOwnMemory } from './in-own-memory.js';
import { MemoryResponseStore } from './memory.response-store.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What lives in V8's heap and outside it, garbage aside. */
async function usedBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await setImmediate(); // what the stack referred to
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const bodyOf = (bytes: number): Buffer => inOwnMemory([Buffer.alloc(bytes, 'x')], bytes);
const HEADERS = ['Server', 'nginx', 'Content-Type', 'application/json', 'Cache-Control', 'public, max-age=3600'];

describe('what the store counts', () => {
  it.each([
    ['answers of 1 KB', 20_000, (url: string) => recordOf(url, { headers: HEADERS, body: bodyOf(1_024) })],
    ['answers of 30 bytes', 20_000, (url: string) => recordOf(url, { headers: HEADERS, body: bodyOf(30) })],
    ['answers of 20 KB', 2_000, (url: string) => recordOf(url, { headers: HEADERS, body: bodyOf(20_000) })],
    [
      'answers of one user each',
      20_000,
      (url: string) => recordOf(url, { key: `partition ${url}`, tags: [`user:${url}`], body: bodyOf(1_024) }),
    ],
  ])('is what %s cost, within a fifth', async (_, count, record) => {
    const options = { maxBytes: 1e9, maxEntries: count, maxVariants: 32, clock: () => 0 };
    const before = await usedBytes();
    const store = new MemoryResponseStore(options);
    for (let i = 0; i < count; i++) store.put(record(`http://chat.example.org/items/item?number=${i}`));
    const ratio = ((await usedBytes()) - before) / store.size.bytes;
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });

  it('stays within its bounds while large answers take the place of small ones', async () => {
    const maxBytes = 64 * 1024 * 1024;
    const store = new MemoryResponseStore({ maxBytes, maxEntries: 100_000, maxVariants: 32, clock: () => 0 });
    const before = await usedBytes();
    for (let i = 0; i < 60_000; i++) store.put(recordOf(`http://chat/${i}`, { body: bodyOf(1_024) }));
    for (let i = 0; i < 1_000; i++) store.put(recordOf(`http://chat/large/${i}`, { body: bodyOf(200_000) }));
    expect((await usedBytes()) - before).toBeLessThan(1.2 * maxBytes);
  });
});
