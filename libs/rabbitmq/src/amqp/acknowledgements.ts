import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Answers the deliveries of one channel. Those that end in one turn of the event loop are acknowledged together where
 * no unfinished one lies between: a quorum queue writes each acknowledgement that it gets to its log.
 */
export class Acknowledgements {
  /** Delivered and not answered, in order of delivery, which is that of their tags. Bounded by the prefetch. */
  private readonly open = new Set<ConsumeMessage>();
  private readonly ended = new Set<ConsumeMessage>();
  private isScheduled = false;

  /** @param onLost told why the channel could not be told: it is gone, and the broker has the messages again */
  constructor(
    private readonly channel: Pick<Channel, 'ack' | 'nack'>,
    private readonly onLost: (error: unknown) => void,
  ) {}

  /** To be called for every delivery, in the order in which they come. */
  delivered(message: ConsumeMessage): void {
    this.open.add(message);
  }

  /** In a moment. */
  ack(message: ConsumeMessage): void {
    this.ended.add(message);
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Back into its queue, now. */
  requeue(message: ConsumeMessage): void {
    this.open.delete(message);
    this.tell(() => this.channel.nack(message, false, true));
  }

  /** Now. */
  flush(): void {
    this.isScheduled = false;
    const last = this.takeLeading();
    if (last) this.tell(() => this.channel.ack(last, true));
    for (const message of this.ended) {
      this.open.delete(message);
      this.tell(() => this.channel.ack(message));
    }
    this.ended.clear();
  }

  /** @returns the last of those that have ended with none unfinished before it */
  private takeLeading(): ConsumeMessage | undefined {
    let last: ConsumeMessage | undefined;
    for (const message of this.open) {
      if (!this.ended.delete(message)) break;
      this.open.delete(message);
      last = message;
    }
    return last;
  }

  private tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      this.onLost(error);
    }
  }
}
