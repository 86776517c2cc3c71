import { SlipstreamError } from '@slipstream/contracts';

/** Every backend of a pool has all the requests that it may have, and the queue is full, or the wait was too long. */
export class PoolBusyError extends SlipstreamError {
  /** @param pool name of the pool, such as `web` */
  constructor(pool: string, why: 'queue is full' | 'wait was too long') {
    super('pool_busy', 'The chat is too busy for further requests; try again in a few seconds.', {
      retryAfterSeconds: 2,
      context: { pool, why },
    });
  }
}
