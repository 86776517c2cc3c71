import { backOffMs, SlipstreamError } from '@slipstream/contracts';

const RETRY = { firstMs: 500, maxMs: 30_000 };
/** Longest pause that a model server can require, because a user waits for the answer. */
const MAX_REQUESTED_MS = 300_000;

/**
 * Pause before the next attempt of a job, in ms; never less than the model server's `Retry-After`, up to five minutes.
 * @param attempts that there were; at least 1
 */
export function retryDelayMs(attempts: number, failure: unknown): number {
  const requestedMs = failure instanceof SlipstreamError ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(backOffMs(attempts, RETRY), Math.min(MAX_REQUESTED_MS, requestedMs));
}
