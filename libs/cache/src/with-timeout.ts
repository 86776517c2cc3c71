import { CacheLoadTimeoutError } from './cache-load-timeout.error.js';
import type { CacheKey } from './keys.js';

/** Runs a load, and waits for it no longer than allowed; it is told by its signal. @throws CacheLoadTimeoutError */
export async function withTimeout<T>(
  load: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  key: CacheKey,
): Promise<T> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new CacheLoadTimeoutError(key, timeoutMs);
    abort.abort(error);
    late.reject(error);
  }, timeoutMs);
  try {
    return await Promise.race([load(abort.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
