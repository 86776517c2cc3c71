import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const FIXTURE = fileURLToPath(new URL('../../dist/testing/fixture-burst-of-objects.js', import.meta.url));
/** V8 decides about the old generation only while the young one has its full size. */
const FULL_SIZE = ['--min-semi-space-size=1', '--max-semi-space-size=1'];

/** @returns bytes in the old generation of 100,000 objects that die at once, after a burst of some that lived longer */
async function oldBytesOf(...args: string[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FULL_SIZE, FIXTURE, ...args]);
  return Number(stdout);
}

it('objects that die at once are allocated in the young generation, whatever a burst has outlived', async () => {
  expect(await oldBytesOf('young')).toBeLessThan(100_000);
  expect(await oldBytesOf(), 'by the defaults of V8').toBeGreaterThan(1_000_000);
});
