import type { AnswerEnd } from './access-entry.js';

/** Requests with a line. `errors`: failed ones; `slow`: these and slow ones. */
export type AccessMode = 'off' | 'errors' | 'slow' | 'all';

/**
 * Whether the request has a line.
 *
 * @param ms its duration; of a stream, the time until its head
 */
export function isWanted(
  { mode, slowMs }: { mode: AccessMode; slowMs: number },
  status: number,
  ms: number,
  end: AnswerEnd,
): boolean {
  if (mode === 'off') return false;
  if (mode === 'all' || status >= 400 || end === 'broken-off') return true;
  return mode === 'slow' && ms >= slowMs;
}
