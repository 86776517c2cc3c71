import { readFileSync } from 'node:fs';

/** The limit of systems that don't show one. */
const UNKNOWN_LIMIT = 8192;
const NEVER_REACHED = 1_048_576;

/**
 * Files and sockets that this process may have open at a time. Node raises the soft limit to the hard one at the start.
 */
export function openFileLimit(): number {
  try {
    return softLimitIn(readFileSync('/proc/self/limits', 'utf8')) ?? UNKNOWN_LIMIT;
  } catch {
    return UNKNOWN_LIMIT; // not Linux
  }
}

/** @param limits as `/proc/self/limits` has them; undefined when they name none */
export function softLimitIn(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits) ?? [];
  return soft === 'unlimited' ? NEVER_REACHED : soft === undefined ? undefined : Number(soft);
}
