import { SlipstreamError } from '@slipstream/contracts';

const FIRST_MS = 500;
const MAX_MS = 30_000;
/** A model server that wants to be left alone for longer is asked again after this: a person waits. */
const MAX_ASKED_FOR_MS = 300_000;

/**
 * Pause before the next attempt of a job: half a second, doubled with each, up to 30 s; never less than the model
 * server asked for (`Retry-After`), up to five minutes.
 * @param attempts that there were; at least 1
 */
export function retryDelayMs(attempts: number, failure: unknown): number {
  const askedForMs = failure instanceof SlipstreamError ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(Math.min(MAX_MS, FIRST_MS * 2 ** (attempts - 1)), Math.min(MAX_ASKED_FOR_MS, askedForMs));
}
