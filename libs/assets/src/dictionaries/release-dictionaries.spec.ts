import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReleaseDictionaries } from './release-dictionaries.js';

const KIB = 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function dictionariesOf(maxBytes = 100 * KIB) {
  const combined: string[][] = [];
  const optimizer = {
    combine: (contents: readonly string[]) => {
      combined.push([...contents]);
      const digest = contents.join('+');
      return Promise.resolve({ bytes: Buffer.from('br'), digest, contentBytes: 1, isTransformed: false });
    },
  };
  return { combined, dictionaries: new ReleaseDictionaries({ optimizer, maxBytes, delayMs: 1_000 }) };
}

describe('a dictionary', () => {
  it('is made of all files, by path, when no new one has come for a while', async () => {
    const { dictionaries, combined } = dictionariesOf();
    dictionaries.add('/b.js', 'B', 20 * KIB);
    await vi.advanceTimersByTimeAsync(999);
    dictionaries.add('/a.js', 'A', 20 * KIB);
    await vi.advanceTimersByTimeAsync(999);
    expect([combined, dictionaries.latest]).toEqual([[], undefined]);
    await vi.advanceTimersByTimeAsync(1);
    expect(combined).toEqual([['A', 'B']]);
    expect(dictionaries.latest).toMatchObject({ digest: 'A+B' });
    expect(dictionaries.find('A+B')).toBe(dictionaries.latest);
  });

  it('is made again only if enough is new', async () => {
    const { dictionaries, combined } = dictionariesOf();
    dictionaries.add('/a.js', 'A', 50 * KIB);
    await vi.advanceTimersByTimeAsync(1_000);
    dictionaries.add('/a.js', 'A', 50 * KIB);
    dictionaries.add('/b.js', 'B', 10 * KIB);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(combined).toHaveLength(1);
    dictionaries.add('/c.js', 'C', 10 * KIB);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(combined).toEqual([['A'], ['A', 'B', 'C']]);
  });

  it('has the files that were seen last, as many as fit', async () => {
    const { dictionaries, combined } = dictionariesOf(50 * KIB);
    dictionaries.add('/old.js', 'O', 30 * KIB);
    dictionaries.add('/huge.js', 'H', 60 * KIB);
    dictionaries.add('/new.js', 'N', 30 * KIB);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(combined).toEqual([['N']]);
  });

  it('is forgotten after some releases', async () => {
    const { dictionaries } = dictionariesOf(30 * KIB);
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      dictionaries.add(`/${name}.js`, name, 30 * KIB);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(['A', 'B', 'E'].map((name) => dictionaries.find(name) !== undefined)).toEqual([false, true, true]);
  });

  it('is not made of a few small files, nor after the end', async () => {
    const { dictionaries, combined } = dictionariesOf();
    dictionaries.add('/a.js', 'A', KIB);
    await vi.advanceTimersByTimeAsync(1_000);
    dictionaries.add('/b.js', 'B', 50 * KIB);
    dictionaries.close();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(combined).toEqual([]);
  });
});
