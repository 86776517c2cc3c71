import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { Failure } from './failure.mjs';
import { isRunning, recordOfThisProcess } from './processes.mjs';
import { readStateFile, temporaryName } from './state-file.mjs';

/** How long the removal of a stale lock by another process is waited for. It takes well under a millisecond. */
const REMOVED_WITHIN_MS = 5_000;
const POLL_MS = 2;

/**
 * Takes a lock that one process of this machine can hold. The lock file names its holder by pid, start time and command
 * line. A lock whose holder has died is taken over, also after a reboot or in a new container, where another process
 * has its pid.
 *
 * At most one process holds it: the file appears whole (a hard link to a finished file, which fails when one is there),
 * and a stale file is removed only under a second lock that is named for that file's content, after a look that the
 * content is still the same. A content never comes back, because each lock file has a random part.
 * @param {string} file where the holder is written
 * @returns {{release(): void} | {holder: number}} the lock, or the pid of the process that holds it
 * @throws {Failure} when the file can't be written or read
 */
export function tryLock(file) {
  const own = JSON.stringify({ ...recordOfThisProcess(), nonce: randomUUID() });
  attempt(file, () => mkdirSync(dirname(file), { recursive: true }));
  for (;;) {
    if (attempt(file, () => create(file, own))) return { release: () => release(file, own) };
    const found = attempt(file, () => readStateFile(file));
    if (found === undefined) continue; // released meanwhile
    const holder = holderIn(found);
    if (holder && isRunning(holder)) return { holder: holder.pid };
    const remover = removeStale(file, found);
    if (remover !== undefined) return { holder: remover };
  }
}

/** @returns {boolean} false when there is one already */
function create(file, content) {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, content, { flag: 'wx' });
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @returns {number | undefined} the pid of a process that has been removing it for too long */
function removeStale(file, content) {
  const guardFile = `${file}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const until = performance.now() + REMOVED_WITHIN_MS;
  while (readUnlessGone(file) === content) {
    const guard = tryLock(guardFile);
    if ('release' in guard) {
      try {
        if (readUnlessGone(file) === content) attempt(file, () => rmSync(file));
      } finally {
        guard.release();
      }
      return undefined;
    }
    if (performance.now() > until) return guard.holder;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  return undefined;
}

const readUnlessGone = (file) => attempt(file, () => readStateFile(file));

/** Leaves a lock alone that has been taken by force meanwhile. */
function release(file, own) {
  try {
    if (readStateFile(file) === own) rmSync(file, { force: true });
  } catch {
    // It can't be read any more. The next process finds its holder dead.
  }
}

function holderIn(content) {
  try {
    const holder = JSON.parse(content);
    return typeof holder === 'object' && holder !== null ? holder : undefined;
  } catch {
    return undefined;
  }
}

function attempt(file, step) {
  try {
    return step();
  } catch (error) {
    if (error instanceof Failure || typeof error?.code !== 'string') throw error;
    throw new Failure(
      `The lock ${shown(file)} can't be taken (${error.message}). Its folder must be writable, and ` +
        'nothing but a lock file may be in its place: mend or remove that, then start again.',
    );
  }
}

function shown(file) {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}
