import { within } from '@slipstream/contracts';
import { CacheLoadTimeoutError } from './cache-load-timeout.error.js';
import type { CacheKey } from './keys.js';

/** Runs a load under a deadline, which also aborts its signal. @throws CacheLoadTimeoutError */
export async function withTimeout<T>(
  load: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  key: CacheKey,
): Promise<T> {
  const abort = new AbortController();
  return within(load(abort.signal), timeoutMs, () => {
    const error = new CacheLoadTimeoutError(key, timeoutMs);
    abort.abort(error);
    throw error;
  });
}
