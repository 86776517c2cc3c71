import { ShortLivedMap } from '@slipstream/contracts';
import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Acknowledges the deliveries of one channel. Deliveries that end in the same turn of the event loop, without an
 * unfinished one between them, share one acknowledgement, because a quorum queue writes each one to its log.
 */
export class Acknowledgements {
  /** Unacknowledged deliveries by their tags, in order. Bounded by the prefetch. */
  private readonly open = new ShortLivedMap<number, ConsumeMessage>();
  private readonly ended = new ShortLivedMap<number, ConsumeMessage>();
  private isScheduled = false;

  /** @param onLost called with the reason if the channel was closed; the broker then delivers the messages again */
  constructor(
    private readonly channel: Pick<Channel, 'ack' | 'nack'>,
    private readonly onLost: (error: unknown) => void,
  ) {}

  /** Call it for every delivery, in order of arrival. */
  delivered(message: ConsumeMessage): void {
    this.open.set(tagOf(message), message);
  }

  /** Acknowledges at the end of the turn. */
  ack(message: ConsumeMessage): void {
    this.ended.set(tagOf(message), message);
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Returns the delivery to its queue at once. */
  requeue(message: ConsumeMessage): void {
    this.open.delete(tagOf(message));
    this.settle(() => this.channel.nack(message, false, true));
  }

  /** Acknowledges at once. */
  flush(): void {
    this.isScheduled = false;
    const last = this.takeLeading();
    if (last) this.settle(() => this.channel.ack(last, true));
    for (const message of this.ended.values()) {
      this.open.delete(tagOf(message));
      this.settle(() => this.channel.ack(message));
    }
    this.ended.clear();
  }

  /** @returns the last ended delivery without an unfinished one before it */
  private takeLeading(): ConsumeMessage | undefined {
    let last: ConsumeMessage | undefined;
    for (const message of this.open.values()) {
      if (!this.ended.delete(tagOf(message))) break;
      this.open.delete(tagOf(message));
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

const tagOf = ({ fields }: ConsumeMessage): number => fields.deliveryTag;
