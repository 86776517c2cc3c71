import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tryLock } from './lock.mjs';

it('names the holder while it lives', () => {
  const file = newLockFile();
  expect(tryLock(file)).toHaveProperty('release');
  expect(tryLock(file)).toEqual({ holder: process.pid });
});

it('can be taken again once released', () => {
  const file = newLockFile();
  const lock = tryLock(file);
  if ('release' in lock) lock.release();
  expect(tryLock(file)).toHaveProperty('release');
});

it.each([
  { when: 'whose holder is gone and whose pid another process has', content: JSON.stringify({ pid: process.pid, mark: 'another command line' }) },
  { when: 'that was never written to its end', content: '{"pid":' },
])('takes over a lock $when', ({ content }) => {
  const file = newLockFile();
  writeFileSync(file, content);
  expect(tryLock(file)).toHaveProperty('release');
});

function newLockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'held.lock');
}
