import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailableError, isFinalEvent, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import { isPast } from '../event-order.js';
import type { EventSource } from './event-source.js';
import { LiveFeed, type FeedLimits } from './live-feed.js';

const PAGE_SIZE = 100;
const RETRY_MS = 50;
/** Interval of reading a quiet job's log, in case the last message was lost. */
const QUIET_MS = 15_000;

/** Limits of a follower. */
export interface FollowerLimits extends FeedLimits {
  /** Longest wait for an unreachable store before the follower fails. */
  reconnectWaitMs: number;
}

/**
 * Follows one job: subscribes first, then reads the log to its end, then takes arriving events. If events may have been
 * missed (lost connection, slow subscriber, a batch that does not join the last one), it reads the log again from its
 * position. The position only moves forward, so no event is delivered twice.
 */
export class Follower {
  private readonly feed: LiveFeed;
  private position: EventId | undefined;
  private isFinished = false;

  constructor(
    private readonly source: EventSource,
    private readonly jobId: string,
    after: EventId | undefined,
    private readonly signal: AbortSignal,
    private readonly limits: FollowerLimits,
  ) {
    this.feed = new LiveFeed(limits);
    this.position = after;
  }

  async *events(): AsyncGenerator<StoredEvent, void, undefined> {
    const detach = this.source.attach(this.jobId, this.feed);
    try {
      while (!this.isOver) {
        if (this.feed.takeGap()) yield* this.stored();
        else yield* this.arrived();
      }
    } catch (error) {
      if (!this.signal.aborted) throw error; // no caller waits for this error any more
    } finally {
      detach();
    }
  }

  private get isOver(): boolean {
    return this.isFinished || this.signal.aborted;
  }

  /** Reads the log from the current position to its end. */
  private async *stored(): AsyncGenerator<StoredEvent, void, undefined> {
    const start = this.position;
    for (let isEnd = false; !isEnd && !this.isOver;) {
      const page = await this.withRetries(() => this.source.read(this.jobId, this.position, PAGE_SIZE));
      yield* this.advance(page);
      isEnd = page.length < PAGE_SIZE;
    }
    if (start !== undefined && start === this.position && !this.isOver) await this.finishIfNothingFollows();
  }

  /** Returns the next arriving batch. */
  private async *arrived(): AsyncGenerator<StoredEvent, void, undefined> {
    const quietSince = performance.now();
    await this.feed.changed(this.signal, QUIET_MS);
    const batch = this.feed.shift();
    if (!batch) {
      if (performance.now() - quietSince >= QUIET_MS) this.feed.markGap();
    } else if (batch.after && isPast(batch.after, this.position)) {
      this.feed.markGap();
    } else {
      yield* this.advance(batch.entries);
    }
  }

  private *advance(entries: readonly StoredEvent[]): Generator<StoredEvent, void, undefined> {
    for (const entry of entries) {
      if (this.isOver) return;
      if (!isPast(entry.id, this.position)) continue;
      this.position = entry.id;
      this.isFinished = isFinalEvent(entry.event);
      yield entry;
    }
  }

  private async finishIfNothingFollows(): Promise<void> {
    const newest = await this.withRetries(() => this.source.newest(this.jobId));
    this.isFinished = newest !== undefined && isFinalEvent(newest.event) && !isPast(newest.id, this.position);
  }

  /** Waits for the subscription of the store, and retries during an outage within the limits. */
  private async withRetries<T>(read: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.limits.reconnectWaitMs;
    for (;;) {
      try {
        await this.source.attached(this.jobId);
        return await read();
      } catch (error) {
        if (!(error instanceof DependencyUnavailableError) || performance.now() >= deadline) throw error;
        await delay(RETRY_MS, undefined, { signal: this.signal });
      }
    }
  }
}
