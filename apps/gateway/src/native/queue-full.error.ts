import { SlipstreamError, type Lane } from '@slipstream/contracts';

const RETRY_AFTER_SECONDS = 10;

/** How much of one kind of work may be open. */
export interface QueueLimit {
  max: number;
  /** What is counted, in the plural. */
  what: string;
  /** Name of the setting. */
  setting: string;
}

/** So much waits already that one more would only wait longer: the sender comes back later, and nothing is stored. */
export class QueueFullError extends SlipstreamError {
  constructor(lane: Lane, { max, what, setting }: QueueLimit) {
    super(
      'queue_full',
      `${max} or more ${what} are open, so no further ${lane} one is accepted; try again later, or raise ${setting}.`,
      {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        context: { lane, limit: max, what },
      },
    );
  }
}
