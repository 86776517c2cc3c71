import { messageOf, SlipstreamError } from '@slipstream/contracts';
import type { Outcome } from './broker.js';

export const DEFAULT_MAX_ATTEMPTS = 10;

const FIRST_DELAY_MS = 1_000;
const FACTOR = 4;
const MAX_DELAY_MS = 300_000;
const MAX_REASON_LENGTH = 500;

/**
 * What becomes of a delivery whose handler threw: another try when the error says that one may succeed.
 * @param random uniform in [0, 1)
 */
export function outcomeOfError(error: unknown, attempt: number, random: () => number = Math.random): Outcome {
  if (!(error instanceof SlipstreamError)) return { do: 'dead-letter', reason: reasonFrom('unexpected_error', error) };
  if (!error.isRetryable) return { do: 'dead-letter', reason: reasonFrom(error.code, error) };
  return { do: 'retry', afterMs: Math.max(retryDelayMs(attempt, random), (error.retryAfterSeconds ?? 0) * 1_000) };
}

/**
 * 1 s, 4 s, 16 s, … up to 5 minutes, each spread by half up and down so that what failed together doesn't return
 * together.
 */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const exponential = Math.min(FIRST_DELAY_MS * FACTOR ** (attempt - 1), MAX_DELAY_MS);
  return Math.round(exponential * (0.5 + random()));
}

/** Ends the tries of a message that has had `maxAttempts` of them. */
export function boundAttempts(outcome: Outcome, attempt: number, maxAttempts: number, error?: unknown): Outcome {
  if (outcome.do !== 'retry' || attempt < maxAttempts) return outcome;
  return { do: 'dead-letter', reason: reasonFrom(`attempts_exhausted after ${attempt}`, error) };
}

function reasonFrom(code: string, error: unknown): string {
  return (error === undefined ? code : `${code}: ${messageOf(error)}`).slice(0, MAX_REASON_LENGTH);
}
