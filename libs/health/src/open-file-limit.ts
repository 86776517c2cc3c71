import { readFileSync } from 'node:fs';

/** The limit of systems that report none. */
const UNKNOWN_LIMIT = 8192;
const NEVER_REACHED = 1_048_576;

/**
 * Returns the number of files and sockets that this process may have open. Node raises the soft limit to the hard limit
 * at its start.
 */
export function openFileLimit(): number {
  try {
    return softLimitIn(readFileSync('/proc/self/limits', 'utf8')) ?? UNKNOWN_LIMIT;
  } catch {
    return UNKNOWN_LIMIT; // not Linux
  }
}

/** @param limits content of `/proc/self/limits`; returns undefined if it has no limit of open files */
export function softLimitIn(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits) ?? [];
  return soft === 'unlimited' ? NEVER_REACHED : soft === undefined ? undefined : Number(soft);
}
