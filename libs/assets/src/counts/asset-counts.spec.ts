import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Optimizers } from '../testing/optimizers.js';

let optimizers: Optimizers;
beforeEach(() => void (optimizers = new Optimizers()));
afterEach(() => optimizers.close());

const SCRIPT = Buffer.from(Array.from({ length: 500 }, (_, i) => `export const v${i} = ${i * 7919};`).join('\n'));
const SVG = { type: 'svg' } as const;

it('counts what was made, by kind, coding and outcome', async () => {
  const optimizer = optimizers.start({ queue: { maxTasks: 1, maxBytes: 1_000_000 } });
  const { digest } = (await optimizer.recode({ bytes: SCRIPT }, { to: 'br', effort: 'quick', isKept: true }))!;
  await optimizer.recode({ bytes: Buffer.from('{}') }, { to: 'gzip', effort: 'quick' });
  await optimizer.recode({ bytes: Buffer.from('<svg><g></svg>') }, { effort: 'quick', transformation: SVG });
  await optimizer.recode({ bytes: SCRIPT.subarray(0, 99), from: 'br' }, { to: 'zstd', effort: 'quick' });
  const dictionary = (await optimizer.combine([digest]))!;
  await optimizer.delta({ bytes: SCRIPT }, dictionary.digest, 'dcz');
  const all = [1, 2, 3].map(() => optimizer.recode({ bytes: SCRIPT }, { to: 'br', effort: 'quick' }));
  expect(optimizer.waiting).toEqual({ tasks: 1, bytes: SCRIPT.length });
  await Promise.all(all);
  expect(optimizer.counts.variants).toEqual([
    { kind: 'compression', coding: 'br', outcome: 'smaller', count: 3 },
    { kind: 'compression', coding: 'gzip', outcome: 'not_smaller', count: 1 },
    { kind: 'svg', coding: 'identity', outcome: 'untransformed', count: 1 },
    { kind: 'compression', coding: 'zstd', outcome: 'failed', count: 1 },
    { kind: 'dictionary', coding: 'br', outcome: 'smaller', count: 1 },
    { kind: 'difference', coding: 'dcz', outcome: 'smaller', count: 1 },
    { kind: 'compression', coding: 'br', outcome: 'refused', count: 1 },
  ]);
  expect(optimizer.counts.savedBytes.compression).toBeGreaterThan(SCRIPT.length);
  expect(optimizer.waiting).toEqual({ tasks: 0, bytes: 0 });
});

it('counts the files of the folder, and the errors that keep files out of it', async () => {
  const optimizer = optimizers.start({ maxBytes: 100_000 });
  for (let i = 0; i < 40; i++)
    await optimizer.recode({ bytes: Buffer.concat([SCRIPT, Buffer.from(`//${i}`)]) }, { to: 'gzip', effort: 'quick' });
  const { bytes, evictions, writeErrors } = optimizer.counts.store;
  expect([bytes! > 50_000, bytes! <= 100_000, evictions > 0, writeErrors]).toEqual([true, true, true, 0]);

  writeFileSync(join(optimizers.directory, 'file'), '');
  const blocked = optimizers.start({ directory: join(optimizers.directory, 'file', 'folder') });
  await blocked.recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'quick' });
  expect(blocked.counts.store).toMatchObject({
    writeErrors: 1,
    lastError: expect.stringContaining('ENOTDIR') as string,
  });
});
