import { SlipstreamError, type Lane } from '@slipstream/contracts';

const RETRY_AFTER_SECONDS = 10;

/** So much waits already that one more would only wait longer: the sender comes back later, and nothing is stored. */
export class QueueFullError extends SlipstreamError {
  constructor(lane: Lane, limit: number) {
    super('queue_full', `${limit} or more generations are open, so no ${lane} one is accepted now; send it again later, or raise chat.maxOpenJobs.`, {
      isRetryable: true,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      context: { lane, limit },
    });
  }
}
