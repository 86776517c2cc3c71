import type { Channel, GetMessage } from 'amqplib';
import type { DeadLetter, DeadLetterBox } from '../broker.js';
import { describeDeadLetter, laneOf, revived } from '../wire-message.js';
import type { AmqpConnection } from './amqp.connection.js';
import type { AmqpPublisher } from './amqp.publisher.js';
import { onChannel } from './on-channel.js';
import type { QueueFamily } from './topology.js';

/** How far one letter is looked for; what lies behind is reached once those before it are gone. */
const MAX_SEARCHED = 10_000;
/** Looked at for a list, whatever its length; where more lie, the next look sees the next. */
const MAX_LISTED = 1_000;
/** Letters that are put back into their queue at a time. */
const BATCH = 100;

interface Dependencies {
  connection: AmqpConnection;
  publisher: AmqpPublisher;
  family: QueueFamily;
}

/**
 * The dead letters of one queue in RabbitMQ. A queue can't be read, only taken from: each call takes on a channel of
 * its own what it needs to see, and what it doesn't remove goes back when that channel ends. RabbitMQ puts it behind
 * the rest then, so the order is that of the letters' own times. Calls take turns.
 */
export class AmqpDeadLetters implements DeadLetterBox {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: Dependencies) {}

  list(limit: number): Promise<DeadLetter[]> {
    return this.inTurn(async (channel) => {
      const letters = (await this.take(channel, MAX_LISTED)).map(describeDeadLetter);
      return letters.toSorted(olderFirst).slice(0, limit);
    });
  }

  replay(id: string): Promise<boolean> {
    return this.removeOne(id, (letter) => this.putBack(letter));
  }

  replayAll(): Promise<number> {
    return this.inTurn(async (channel) => {
      const { messageCount } = await channel.checkQueue(this.deps.family.dead);
      let replayed = 0;
      while (replayed < messageCount) {
        const letters = await this.take(channel, Math.min(BATCH, messageCount - replayed));
        if (letters.length === 0) break;
        await Promise.all(letters.map(async (letter) => this.putBack(letter).then(() => channel.ack(letter))));
        replayed += letters.length;
      }
      return replayed;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.removeOne(id, async () => {});
  }

  deleteAll(): Promise<number> {
    return this.inTurn(async (channel) => (await channel.purgeQueue(this.deps.family.dead)).messageCount);
  }

  private removeOne(id: string, first: (letter: GetMessage) => Promise<void>): Promise<boolean> {
    return this.inTurn(async (channel) => {
      for (let searched = 0; searched < MAX_SEARCHED; searched += 1) {
        const letter = await channel.get(this.deps.family.dead);
        if (!letter) return false;
        if (letter.properties.messageId !== id) continue;
        await first(letter);
        channel.ack(letter);
        return true;
      }
      return false;
    });
  }

  private async take(channel: Channel, limit: number): Promise<GetMessage[]> {
    const letters: GetMessage[] = [];
    while (letters.length < limit) {
      const letter = await channel.get(this.deps.family.dead);
      if (!letter) break;
      letters.push(letter);
    }
    return letters;
  }

  /** Confirmed in its queue before it is taken out of the dead letters: there may be two for a moment, never none. */
  private putBack(letter: GetMessage): Promise<void> {
    return this.deps.publisher.publish(this.deps.family.lanes[laneOf(letter)].main, revived(letter));
  }

  private inTurn<T>(use: (channel: Channel) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => onChannel(this.deps.connection, use));
    this.last = turn.catch(() => {});
    return turn;
  }
}

/** Of those that died in one millisecond nothing tells the order; their ids keep it the same at every look. */
const olderFirst = (a: DeadLetter, b: DeadLetter): number =>
  timeOf(a) - timeOf(b) || (a.id ?? '').localeCompare(b.id ?? '');

const timeOf = ({ deadAt }: DeadLetter): number => deadAt?.getTime() ?? 0;
