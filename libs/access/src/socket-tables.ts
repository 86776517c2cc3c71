import { readFile } from 'node:fs/promises';

/** Lines of the kernel's tables of TCP sockets (Linux, proc(5)); empty where there are none. */
export type SocketTables = () => Promise<readonly string[]>;

const PATHS = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

/** @param read returns the text of a table, or rejects */
export const tablesFrom =
  (read: (path: string) => Promise<string>): SocketTables =>
  async () =>
    (await Promise.all(PATHS.map((path) => linesOf(path, read)))).flat();

/**
 * The tables of this machine. It reads them in a thread: with much memory, a table takes 10 ms even for few
 * connections. Callers that come during a read share the next one.
 */
export const systemTables: SocketTables = shareNext(tablesFrom((path) => readFile(path, 'latin1')));

/** Runs `work` once at a time. A result is never older than the call that gets it. @param work never rejects */
export function shareNext<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    if (next) return next;
    next = last.then(() => {
      next = undefined;
      return work();
    });
    last = next;
    return next;
  };
}

async function linesOf(path: string, read: (path: string) => Promise<string>): Promise<string[]> {
  try {
    return (await read(path)).split('\n').slice(1);
  } catch {
    return [];
  }
}
