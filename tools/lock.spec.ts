import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tryLock } from './lock.mjs';
import { recordOfThisProcess } from './processes.mjs';

const RACER = fileURLToPath(new URL('testing/lock-racer.mjs', import.meta.url));

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
  {
    when: 'whose holder had our pid and our command line, in a container before or before a reboot',
    content: JSON.stringify({ ...recordOfThisProcess(), startedAt: 'earlier' }),
  },
  {
    when: 'whose holder is gone and whose pid another process has',
    content: JSON.stringify({ ...recordOfThisProcess(), mark: 'another command line' }),
  },
  { when: 'of an earlier version', content: JSON.stringify({ pid: process.pid, mark: recordOfThisProcess().mark }) },
  { when: 'that was never written to its end', content: '{"pid":' },
  { when: 'of the wrong shape', content: '[]' },
  { when: 'that is empty', content: '' },
])('takes over a lock $when', ({ content }) => {
  const file = newLockFile();
  writeFileSync(file, content);
  expect(tryLock(file)).toHaveProperty('release');
  expect(tryLock(file)).toEqual({ holder: process.pid });
  expect(readdirSync(join(file, '..'))).toEqual(['held.lock']);
});

it('leaves the lock of another holder alone when it releases one that was taken from it by force', () => {
  const file = newLockFile();
  const lock = tryLock(file);
  rmSync(file);
  expect(tryLock(file)).toHaveProperty('release');
  if ('release' in lock) lock.release();
  expect(tryLock(file)).toEqual({ holder: process.pid });
});

it.each<[string, (file: string) => void]>([
  ['a folder', (file) => mkdirSync(file)],
  ['a FIFO', (file) => execFileSync('mkfifo', [file])],
  ['a link to nowhere', (file) => symlinkSync('nowhere', file)],
  ['a link to a device', (file) => symlinkSync('/dev/zero', file)],
  [
    'in a folder that is a file',
    (file) => (rmSync(join(file, '..'), { recursive: true }), writeFileSync(join(file, '..'), '')),
  ],
])('is refused in one line when its file is %s', (_, spoil) => {
  const file = newLockFile();
  spoil(file);
  expect(() => tryLock(file)).toThrow(
    expect.objectContaining({
      name: 'Failure',
      message: expect.stringMatching(/^The lock .*held\.lock can't be taken \(.+\n?$/),
    }),
  );
});

describe('many processes that race', { timeout: 60_000 }, () => {
  const RACERS = 8;
  const ROUNDS = 12;

  it('for a lock whose holder was killed: one gets it, the others name that one', async () => {
    const file = newLockFile();
    writeFileSync(file, JSON.stringify({ ...recordOfThisProcess(), startedAt: 'earlier' }));
    const racers = await Promise.all(Array.from({ length: RACERS }, () => startRacer(file)));
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await Promise.all(racers.map((racer) => ask<{ holder: number }>(racer, 'try')));
      const winners = racers.filter((racer, index) => answers[index]!.holder === racer.pid);
      expect(winners).toHaveLength(1);
      expect(new Set(answers.map(({ holder }) => holder)).size).toBe(1);
      const [winner] = winners;
      const ended = once(winner!, 'exit');
      winner!.kill('SIGKILL');
      await ended;
      racers.splice(racers.indexOf(winner!), 1, await startRacer(file));
    }
  });

  it('for a lock that is taken and released again and again: never two at once', async () => {
    const file = newLockFile();
    const racers = await Promise.all(Array.from({ length: RACERS }, () => startRacer(file)));
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 2) writeFileSync(file, String(round)); // a damaged one
      const answers = await Promise.all(racers.map((racer) => ask<{ holder: number }>(racer, 'try')));
      expect(racers.filter((racer, index) => answers[index]!.holder === racer.pid)).toHaveLength(1);
      await Promise.all(racers.map((racer) => ask(racer, 'release')));
    }
  });
});

async function startRacer(file: string): Promise<ChildProcess> {
  const racer = fork(RACER, [file]);
  onTestFinished(() => void racer.kill('SIGKILL'));
  await once(racer, 'message');
  return racer;
}

async function ask<T>(racer: ChildProcess, order: 'try' | 'release'): Promise<T> {
  const answered = once(racer, 'message');
  racer.send(order);
  return ((await answered) as [T])[0];
}

function newLockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'held.lock');
}
