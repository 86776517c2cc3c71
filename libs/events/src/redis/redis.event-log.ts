import { formatEventId, type EventId } from '@slipstream/contracts';
import type { RedisConnections } from '@slipstream/redis';
import type { EventLog, FollowOptions, StoredEvent } from '../event-log.js';
import { assertIncreasing } from '../event-order.js';
import type { EventSource } from '../follow/event-source.js';
import type { FollowerLimits } from '../follow/follower.js';
import { Followers } from '../follow/followers.js';
import type { LiveFeed } from '../follow/live-feed.js';
import { LogLostError } from '../log-lost.error.js';
import { StaleFenceError } from '../stale-fence.error.js';
import { APPEND } from './append.script.js';
import { readPublishedBatch, storedId } from './published-batch.js';

/** Options of {@link RedisEventLog}. */
export interface RedisEventLogOptions {
  /** How long a job's events are kept after the last append. */
  retentionMs: number;
  /** Prefix of keys and channels. */
  keyPrefix: string;
  follower: FollowerLimits;
}

type StreamEntry = [id: string, fields: string[]];

/** One Redis stream per job, whose entry ids are the event ids, and one channel per job for its followers. */
export class RedisEventLog implements EventLog, EventSource {
  private readonly followers: Followers;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisEventLogOptions,
  ) {
    this.followers = new Followers(this, options.follower);
  }

  async append(jobId: string, entries: StoredEvent[], after?: EventId): Promise<void> {
    const [first] = entries;
    if (!first) return;
    assertIncreasing(entries);
    const name = this.name(jobId);
    const args = [
      name,
      this.options.retentionMs,
      after ? formatEventId(after) : '',
      ...entries.flatMap(({ id, event }) => [formatEventId(id), JSON.stringify(event)]),
    ];
    const outcome = await this.redis.run('event.append', (commands) => APPEND.run(commands, [name], args));
    if (outcome === 'lost') throw new LogLostError(jobId);
    if (outcome === 'stale') throw new StaleFenceError(jobId, first.id);
  }

  async read(jobId: string, after?: EventId, limit = 100): Promise<StoredEvent[]> {
    const start = after ? `(${formatEventId(after)}` : '-';
    const entries = await this.redis.run('event.read', (commands) =>
      commands.xrange(this.name(jobId), start, '+', 'COUNT', limit),
    );
    return entries.map(toStoredEvent);
  }

  async newest(jobId: string): Promise<StoredEvent | undefined> {
    const [entry] = await this.redis.run('event.last', (commands) =>
      commands.xrevrange(this.name(jobId), '+', '-', 'COUNT', 1),
    );
    return entry && toStoredEvent(entry);
  }

  follow(jobId: string, options: FollowOptions): AsyncIterable<StoredEvent> {
    return this.followers.follow(jobId, options);
  }

  async remove(jobId: string): Promise<void> {
    await this.redis.run('event.remove', (commands) => commands.unlink(this.name(jobId)));
  }

  check(): Promise<void> {
    return this.redis.check();
  }

  close(): Promise<void> {
    this.followers.endAll();
    return Promise.resolve();
  }

  attach(jobId: string, feed: LiveFeed): () => void {
    const { subscriber } = this.redis;
    const onLost = (): void => feed.markGap();
    const unsubscribe = subscriber.subscribe(this.name(jobId), (message) => {
      const batch = readPublishedBatch(message);
      if (batch) feed.push(batch);
      else feed.markGap();
    });
    subscriber.on('lost', onLost);
    return () => {
      subscriber.off('lost', onLost);
      unsubscribe();
    };
  }

  attached(jobId: string): Promise<void> {
    return this.redis.subscriber.confirmed(this.name(jobId));
  }

  /** Name of both the stream's key and the channel. The braces put all keys of a job into one slot of a cluster. */
  private name(jobId: string): string {
    return `${this.options.keyPrefix}events:{${jobId}}`;
  }
}

/** @throws RangeError, SyntaxError for a foreign entry */
function toStoredEvent([id, fields]: StreamEntry): StoredEvent {
  return { id: storedId(id), event: JSON.parse(fields[1] ?? '') as StoredEvent['event'] };
}
