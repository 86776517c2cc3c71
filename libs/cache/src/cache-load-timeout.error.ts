import { SlipstreamError } from '@slipstream/contracts';
import { patternOf, type CacheKey } from './keys.js';

/** Loading a value took too long. */
export class CacheLoadTimeoutError extends SlipstreamError {
  constructor(key: CacheKey, timeoutMs: number) {
    super(
      'cache_load_timeout',
      `The ${patternOf(key)} could not be loaded within ${timeoutMs} ms; try again in a few seconds.`,
      { retryAfterSeconds: 2 },
    );
  }
}
