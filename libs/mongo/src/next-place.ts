import { ConflictError, type ErrorCode } from '@slipstream/contracts';

/** Those who come at the same instant compete for the next place of a list; each round one of them wins. */
const MAX_ATTEMPTS = 50;

/**
 * Stores something in the next place of its list.
 * @param attempt null if another one took the place
 * @param contended message of the error if too many arrive at once
 * @throws ConflictError
 */
export async function inNextPlace<T>(
  attempt: () => Promise<T | null>,
  contended: { code: ErrorCode; message: string },
): Promise<T> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const stored = await attempt();
    if (stored) return stored;
  }
  throw new ConflictError(contended.code, contended.message, { retryAfterSeconds: 1 });
}
