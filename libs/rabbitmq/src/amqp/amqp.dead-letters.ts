import type { Channel, GetMessage } from 'amqplib';
import type { DeadLetter, DeadLetterBox } from '../broker.js';
import { describeDeadLetter, laneOf, revived } from '../wire-message.js';
import type { AmqpConnection } from './amqp.connection.js';
import type { AmqpPublisher } from './amqp.publisher.js';
import { onChannel } from './on-channel.js';
import type { QueueFamily } from './topology.js';

/** Depth of the search for one letter. Letters behind it are found after earlier ones were removed. */
const MAX_SEARCHED = 10_000;
/** Largest number of letters that one list reads. Later lists reach further ones. */
const MAX_LISTED = 1_000;
/** Number of letters that are replayed at a time. */
const BATCH = 100;

interface Dependencies {
  connection: AmqpConnection;
  publisher: AmqpPublisher;
  family: QueueFamily;
}

/**
 * The dead letters of one queue in RabbitMQ. A queue can only be consumed: each call consumes on its own channel, and
 * letters that it does not remove return when the channel closes. RabbitMQ then puts them behind the rest, so lists are
 * ordered by the letters' times. Calls run one after the other.
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

  /**
   * Confirmed in its queue before it is removed from the dead letters: for a short time there may be two, never none.
   */
  private putBack(letter: GetMessage): Promise<void> {
    return this.deps.publisher.publish(this.deps.family.lanes[laneOf(letter)].main, revived(letter));
  }

  private inTurn<T>(use: (channel: Channel) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => onChannel(this.deps.connection, use));
    this.last = turn.catch(() => {});
    return turn;
  }
}

/** Letters of the same millisecond have no order; sorting by id keeps it stable. */
const olderFirst = (a: DeadLetter, b: DeadLetter): number =>
  timeOf(a) - timeOf(b) || (a.id ?? '').localeCompare(b.id ?? '');

const timeOf = ({ deadAt }: DeadLetter): number => deadAt?.getTime() ?? 0;
