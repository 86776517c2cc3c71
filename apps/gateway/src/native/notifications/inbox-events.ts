import { setTimeout as delay } from 'node:timers/promises';
import type { UserStore } from '@slipstream/access';
import type { EventId } from '@slipstream/contracts';
import { inboxLogOf, type EventLog, type StoredEvent } from '@slipstream/events';
import type { InboxEntry, InboxStore } from '@slipstream/notifications';
import { QUIET, type StreamItem } from '../streams/event-stream.js';
import { SharedStreams } from '../streams/shared-streams.js';
import type { StreamSource } from '../streams/stream-source.js';

const PAGE_SIZE = 100;
/** After this time without an arrival, the database is checked for an unpublished one. */
const QUIET_MS = 15_000;

/**
 * Arrivals in inboxes, for their subscribers. The stored inbox is authoritative and ordered; the event log only signals
 * that there is an arrival. An arrival whose message was lost or reordered is therefore still found.
 */
export class InboxEvents {
  private readonly streams = new SharedStreams();

  /** @param ending aborted when the process begins to stop: subscribers reconnect to another one */
  constructor(
    private readonly inbox: Pick<InboxStore, 'after' | 'newestPlace'>,
    private readonly users: Pick<UserStore, 'existing'>,
    private readonly log: Pick<EventLog, 'follow'>,
    private readonly ending: AbortSignal,
    private readonly quietMs = QUIET_MS,
  ) {}

  /**
   * Returns the place after which a subscriber resumes: that of its last event, or the newest one. An inbox that was
   * restored from a backup has not reached the places of earlier events again.
   */
  async resumeAfter(userId: string, lastEventId: EventId | undefined): Promise<number> {
    const newest = await this.inbox.newestPlace(userId);
    return Math.min(lastEventId?.sequence ?? newest, newest);
  }

  /**
   * Yields everything after place `after`, until the subscriber leaves or the user is removed. It fails early if the
   * database is unreachable.
   */
  read(userId: string, after: number, gone: AbortSignal): AsyncGenerator<StreamItem, void, undefined> {
    return this.streams.read(
      userId,
      this.sourceOf(userId),
      { fence: 1, sequence: after },
      AbortSignal.any([gone, this.ending]),
    );
  }

  private sourceOf(userId: string): StreamSource {
    return {
      follow: (after, signal) => this.follow(userId, after?.sequence ?? 0, signal),
      page: async (after) => (await this.inbox.after(userId, after?.sequence ?? 0, PAGE_SIZE)).map(toEvent),
      isBeginning: () => true, // the entries before it have expired
    };
  }

  private async *follow(
    userId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined> {
    let announced = after;
    for (let last = after; !signal.aborted;) {
      const page = await this.inbox.after(userId, last, PAGE_SIZE);
      yield* page.map(toEvent);
      last = page.at(-1)?.sequence ?? last;
      if (page.length > 0) continue;
      announced = Math.max(announced, last);
      const next = await this.nextArrival(inboxLogOf(userId, last + 1), announced, signal);
      if (next === 'closed') return;
      if (next !== 'quiet') {
        // The log may be ahead of the inbox, after a restore of the database: each of its events counts once.
        announced = next;
        continue;
      }
      if ((await this.users.existing([userId])).length === 0) return;
      yield QUIET;
    }
  }

  /** @returns the place of the next event in this log after `announced` */
  private async nextArrival(
    logName: string,
    announced: number,
    signal: AbortSignal,
  ): Promise<number | 'quiet' | 'closed'> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const quiet = delay(this.quietMs, 'quiet' as const, { signal: either }).catch(() => 'closed' as const);
    const events = this.log.follow(logName, { after: { fence: 1, sequence: announced }, signal: either });
    const log = events[Symbol.asyncIterator]();
    // While the log is unreachable, the database is checked after the quiet time.
    const arrival = log.next().then(
      ({ done, value }) => (done ? ('closed' as const) : value.id.sequence),
      () => quiet,
    );
    try {
      return await Promise.race([arrival, quiet]);
    } finally {
      over.abort();
      void log.return?.(undefined);
    }
  }
}

const toEvent = ({ sequence, notification }: InboxEntry): StoredEvent => ({
  id: { fence: 1, sequence },
  event: { type: 'notification', notification },
});
