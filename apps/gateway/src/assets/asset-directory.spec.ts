import { expect, it } from 'vitest';
import { AssetDirectory } from './asset-directory.js';
import type { AssetFigures } from './asset-figures.js';

const figuresOf = (count: number, digest: string, lastError?: string): AssetFigures => ({
  optimizer: {
    variants: [
      { kind: 'image', coding: 'identity', outcome: 'smaller', count },
      { kind: 'image', coding: 'identity', outcome: digest === 'a' ? 'failed' : 'refused', count: 1 },
    ],
    savedBytes: { image: count, [digest === 'a' ? 'font' : 'svg']: 1 },
    waiting: { tasks: count, bytes: count * 10 },
    ends: { thread: { crashed: 0, timed_out: count }, transformer: { crashed: count, timed_out: 0 } },
  },
  store: { directory: '/assets', maxBytes: 100, bytes: count * 7, evictions: count, writeErrors: count, lastError },
  dictionaries: {
    kept: [
      { digest: 'both', bytes: 5 },
      { digest, bytes: 5 },
    ],
    made: count,
    downloads: count,
    answers: { dcb: 0, dcz: count },
    savedBytes: count,
  },
});

const viewOf = (answers: AssetFigures[]) =>
  new AssetDirectory(undefined, { onGather: () => {}, gather: async () => ({ answers, missing: 0 }) as never }).view();

it('sums the figures of the processes, but not the folder and the dictionaries that they share', async () => {
  expect(await viewOf([figuresOf(1, 'a'), figuresOf(2, 'b', 'ENOSPC')])).toEqual({
    processes: 2,
    optimizer: {
      variants: [
        { kind: 'image', coding: 'identity', outcome: 'failed', count: 1 },
        { kind: 'image', coding: 'identity', outcome: 'smaller', count: 3 },
        { kind: 'image', coding: 'identity', outcome: 'refused', count: 1 },
      ],
      savedBytes: { image: 3, font: 1, svg: 1 },
      waiting: { tasks: 3, bytes: 30 },
      ends: { thread: { crashed: 0, timed_out: 3 }, transformer: { crashed: 3, timed_out: 0 } },
    },
    store: { directory: '/assets', maxBytes: 100, bytes: 14, evictions: 3, writeErrors: 3, lastError: 'ENOSPC' },
    dictionaries: {
      kept: ['both', 'a', 'b'].map((digest) => ({ digest, bytes: 5 })),
      made: 3,
      downloads: 3,
      answers: { dcb: 0, dcz: 3 },
      savedBytes: 3,
    },
  });
});

it('has no figures while assets stay as they are', async () => {
  expect(await viewOf([{}, {}])).toEqual({ processes: 2 });
});
