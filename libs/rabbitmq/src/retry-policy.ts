import { backOffMs, messageOf, SlipstreamError, type BackOff } from '@slipstream/contracts';
import type { Outcome } from './broker.js';

export const DEFAULT_MAX_ATTEMPTS = 10;

/** 1 s, 4 s, 16 s, … up to 5 minutes, each spread by half up and down. */
const RETRY: BackOff = { firstMs: 1_000, maxMs: 300_000, factor: 4, spread: [0.5, 1.5] };
const MAX_REASON_LENGTH = 500;

/**
 * Returns the outcome of a delivery whose handler failed: a retry if the error allows it.
 * @param random uniform in [0, 1)
 */
export function outcomeOfError(error: unknown, attempt: number, random: () => number = Math.random): Outcome {
  if (!(error instanceof SlipstreamError)) return { do: 'dead-letter', reason: reasonFrom('unexpected_error', error) };
  if (!error.isRetryable) return { do: 'dead-letter', reason: reasonFrom(error.code, error) };
  return { do: 'retry', afterMs: Math.max(backOffMs(attempt, RETRY, random), (error.retryAfterSeconds ?? 0) * 1_000) };
}

/** Ends the attempts of a message after `maxAttempts`. */
export function boundAttempts(outcome: Outcome, attempt: number, maxAttempts: number, error?: unknown): Outcome {
  if (outcome.do !== 'retry' || attempt < maxAttempts) return outcome;
  return { do: 'dead-letter', reason: reasonFrom(`attempts_exhausted after ${attempt}`, error) };
}

function reasonFrom(code: string, error: unknown): string {
  return (error === undefined ? code : `${code}: ${messageOf(error)}`).slice(0, MAX_REASON_LENGTH);
}
