import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Acknowledges the deliveries of one channel. Deliveries that end in the same turn of the event loop, without an
 * unfinished one between them, share one acknowledgement, because a quorum queue writes each one to its log.
 */
export class Acknowledgements {
  /** Unacknowledged deliveries, in order of their tags. Bounded by the prefetch. */
  private readonly open = new Set<ConsumeMessage>();
  private readonly ended = new Set<ConsumeMessage>();
  private isScheduled = false;

  /** @param onLost called with the reason if the channel was closed; the broker then delivers the messages again */
  constructor(
    private readonly channel: Pick<Channel, 'ack' | 'nack'>,
    private readonly onLost: (error: unknown) => void,
  ) {}

  /** Call it for every delivery, in order of arrival. */
  delivered(message: ConsumeMessage): void {
    this.open.add(message);
  }

  /** Acknowledges at the end of the turn. */
  ack(message: ConsumeMessage): void {
    this.ended.add(message);
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Returns the delivery to its queue at once. */
  requeue(message: ConsumeMessage): void {
    this.open.delete(message);
    this.settle(() => this.channel.nack(message, false, true));
  }

  /** Acknowledges at once. */
  flush(): void {
    this.isScheduled = false;
    const last = this.takeLeading();
    if (last) this.settle(() => this.channel.ack(last, true));
    for (const message of this.ended) {
      this.open.delete(message);
      this.settle(() => this.channel.ack(message));
    }
    this.ended.clear();
  }

  /** @returns the last ended delivery without an unfinished one before it */
  private takeLeading(): ConsumeMessage | undefined {
    let last: ConsumeMessage | undefined;
    for (const message of this.open) {
      if (!this.ended.delete(message)) break;
      this.open.delete(message);
      last = message;
    }
    return last;
  }

  private settle(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.onLost(error);
    }
  }
}
