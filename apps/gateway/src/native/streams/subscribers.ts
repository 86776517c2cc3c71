import { SlipstreamError } from '@slipstream/contracts';

const RETRY_AFTER_SECONDS = 10;

export interface SubscriberLimits {
  /** Limit of open event streams of this process. */
  maxSubscribers: number;
  /** Limit of the streams of one user's jobs and inbox. */
  maxSubscribersPerUser: number;
}

/** The limit of event streams is reached: the client may try again later, with Last-Event-ID. */
export class TooManySubscribersError extends SlipstreamError {
  constructor(limit: number, setting: string, whose: string) {
    super(
      'too_many_subscribers',
      `${limit} event streams ${whose} are open, which is the limit; close some, try again later, or raise ${setting}.`,
      {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        context: { limit, setting },
      },
    );
  }
}

/** Counts the open event streams of this process, in total and by user. */
export class Subscribers {
  private total = 0;
  private readonly byUser = new Map<string, number>();

  constructor(private readonly limits: SubscriberLimits) {}

  /**
   * Counts a stream of the user.
   * @returns a function to call once at its end
   * @throws TooManySubscribersError
   */
  admit(userId: string): () => void {
    const { maxSubscribers, maxSubscribersPerUser } = this.limits;
    const own = this.byUser.get(userId) ?? 0;
    if (own >= maxSubscribersPerUser)
      throw new TooManySubscribersError(maxSubscribersPerUser, 'events.maxSubscribersPerUser', 'of this user');
    if (this.total >= maxSubscribers)
      throw new TooManySubscribersError(maxSubscribers, 'events.maxSubscribers', 'of this process');
    this.total += 1;
    this.byUser.set(userId, own + 1);
    return () => this.leave(userId);
  }

  private leave(userId: string): void {
    const left = (this.byUser.get(userId) ?? 1) - 1;
    this.total -= 1;
    if (left > 0) this.byUser.set(userId, left);
    else this.byUser.delete(userId);
  }
}
