import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Reads the lines of one of the kernel's tables of TCP sockets (Linux, proc(5)). */
export type SocketTable = () => Promise<readonly string[]>;

/** Most local connections have both ends in the first one. */
const PATHS = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

/** The system has no such table, or shows it to no program of this user. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

/**
 * @param read returns the text of a table, or rejects. An absent table is empty. Any other error is thrown, such as
 * that of a process without a free file descriptor, which clients can bring about
 */
export const tablesFrom = (read: (path: string) => Promise<string>): readonly SocketTable[] =>
  PATHS.map((path) => () => linesOf(path, read));

/**
 * The tables of this machine, read in a thread: with much memory, each takes 4 ms even for few connections. Callers
 * share a read that begins after they came.
 */
export const systemTables = tablesFrom((path) => readFile(path, 'latin1')).map(shareNext);

/**
 * Runs `work` once at a time, a turn of the event loop after the first call, so that connections that come together
 * share a run. A result is never older than the call that gets it.
 */
export function shareNext<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const run = async (): Promise<T> => {
    await last.catch(() => undefined);
    await nextTurn();
    next = undefined;
    return await work();
  };
  return () => {
    if (next === undefined) last = next = run();
    return next;
  };
}

async function linesOf(path: string, read: (path: string) => Promise<string>): Promise<string[]> {
  try {
    return (await read(path)).split('\n').slice(1);
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}
