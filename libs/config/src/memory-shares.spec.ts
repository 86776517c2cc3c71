import { describe, expect, it } from 'vitest';
import { memoryShares } from './memory-shares.js';

const MIB = 1024 * 1024;
const machine = { totalBytes: 16_384 * MIB };

function inMib(maxMib: number | undefined, processes: number, limitMib?: number) {
  const memory = { maxBytes: maxMib && maxMib * MIB };
  const shares = memoryShares({ memory, processes }, { ...machine, limitBytes: limitMib && limitMib * MIB });
  return Object.values(shares).map((bytes: number) => Math.round(bytes / MIB));
}

describe('memoryShares', () => {
  it.each([
    ['memory.maxBytes, whatever the container has', 512, 1, 4_096, [230, 128, 32, 32, 64]],
    ["the container's limit", undefined, 1, 1_024, [461, 256, 64, 64, 128]],
    [
      'a quarter of a machine without a limit, at most 2 GiB a process',
      undefined,
      1,
      undefined,
      [922, 512, 128, 64, 256],
    ],
    ['an equal part for each process', 4_096, 4, undefined, [461, 256, 64, 64, 128]],
    ['its quarter for several processes', undefined, 8, undefined, [230, 128, 32, 32, 64]],
  ])('divides %s: heap, responses, objects, bodies, requests', (_, maxMib, processes, limitMib, expected) => {
    expect(inMib(maxMib, processes, limitMib)).toEqual(expected);
  });

  it('leaves the heap what a service needs to run, and all parts together less than the whole', () => {
    expect(inMib(256, 4)[0]).toBe(128);
    expect(inMib(512, 1).reduce((sum, share) => sum + share)).toBeLessThan(512);
  });

  it('leaves most of the memory of a document-worker to its threads and libraries', () => {
    const config = { memory: { maxBytes: 2048 * MIB }, processes: 1, service: 'document-worker' } as const;
    expect(memoryShares(config).heapBytes).toBe(512 * MIB);
  });

  it('reads the machine by itself', () => {
    expect(memoryShares({ memory: {}, processes: 'auto' }).responseCacheBytes).toBeGreaterThan(0);
  });
});
