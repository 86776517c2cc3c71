import { SlipstreamError, type Lane } from '@slipstream/contracts';

const RETRY_AFTER_SECONDS = 10;

/** Limit of one kind of work. */
export interface QueueLimit {
  max: number;
  /** Name of the items, in the plural. */
  what: string;
  /** Name of the setting. */
  setting: string;
}

/** Too much work is open, so the item is refused without being stored. The sender may try again later. */
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
