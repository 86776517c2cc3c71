import { SlipstreamError, type SlipstreamErrorOptions } from '@slipstream/contracts';

/** Time in which a recovered backend is usually noticed: see `nextCheckDelayMs`. */
const RETRY_AFTER_SECONDS = 2;

/** Names of the pools for users: the text reaches a chat window. */
const NAMES: Readonly<Record<string, string>> = { web: 'The chat', models: 'The model' };

/** No backend of a pool can take the request now. */
export class NoHealthyBackendsError extends SlipstreamError {
  /** @param pool name of the pool, such as `web` */
  constructor(pool: string, options: SlipstreamErrorOptions = {}) {
    super('no_healthy_backends', `${NAMES[pool] ?? 'The service'} is unreachable; try again in a few seconds.`, {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      ...options,
      context: { pool, ...options.context },
    });
  }
}
