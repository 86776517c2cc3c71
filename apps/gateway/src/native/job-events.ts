import { DependencyUnavailableError, compareEventIds, isFinalEvent, type EventId } from '@slipstream/contracts';
import type { EventLog, StoredEvent } from '@slipstream/events';
import { QUIET, type StreamItem } from './streams/event-stream.js';
import { QuietTimer } from './streams/quiet-timer.js';
import { SharedStreams } from './streams/shared-streams.js';
import type { StreamSource } from './streams/stream-source.js';

/** Events that need no event before them: the text starts again after a reset. */
const BEGINNINGS: ReadonlySet<string> = new Set(['message-reset', 'progress', 'document-ready', 'failed', 'cancelled']);

/** A job as its subscribers need it. */
export interface FollowedJob {
  _id: string;
  userId: string;
  isOpen: boolean;
  /** Last events of its stream, from the database. Empty while it is open. */
  closing: StoredEvent[];
}

/** Storage of jobs. */
export interface FollowedJobs {
  /** @returns null if the job does not exist */
  find(id: string): Promise<FollowedJob | null>;
}

/** After this time without an event, the database is checked for the end or removal of the job. */
const QUIET_MS = 5000;

/**
 * Events of jobs, for their subscribers. The event log has them as they happen, and the job in the database is
 * authoritative: if the log of an ended job is incomplete, the events are rebuilt from the job. A removed job counts as
 * cancelled.
 */
export class JobEvents {
  private readonly streams = new SharedStreams();

  constructor(
    private readonly jobs: FollowedJobs,
    private readonly log: Pick<EventLog, 'check' | 'follow' | 'read'>,
    private readonly quietMs = QUIET_MS,
  ) {}

  /**
   * The events of an ended job can always be read; those of an open one need the event log.
   * @throws DependencyUnavailableError
   */
  async requireReadable(job: FollowedJob): Promise<void> {
    if (job.isOpen) await this.log.check();
  }

  /** Yields everything after `after` until the job's end. It fails early if the event log stays unreachable. */
  read(job: FollowedJob, after: EventId | undefined, signal: AbortSignal): AsyncGenerator<StreamItem, void, undefined> {
    return job.isOpen ? this.streams.read(job._id, this.sourceOf(job._id), after, signal) : this.rest(job, after);
  }

  /** Whether a subscriber at `after` has all events of an ended job. */
  static isPastEnd(job: FollowedJob, after: EventId | undefined): boolean {
    const final = job.closing.at(-1);
    return final !== undefined && after !== undefined && compareEventIds(after, final.id) >= 0;
  }

  private sourceOf(jobId: string): StreamSource {
    return {
      follow: (after, signal) => this.follow(jobId, after, signal),
      page: (after) => this.logged(jobId, after),
      isBeginning: ({ event: { type } }) => BEGINNINGS.has(type),
    };
  }

  private async *follow(
    jobId: string,
    after: EventId | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined> {
    let last = after;
    const quiet = new QuietTimer(this.quietMs);
    signal.addEventListener('abort', () => quiet.wake(), { once: true });
    const live = this.log.follow(jobId, { after, signal })[Symbol.asyncIterator]();
    try {
      for (let next = live.next(); !signal.aborted;) {
        const got = await Promise.race([next, quiet.next()]).catch((error: unknown) => ({ error }));
        if (got === undefined || 'error' in got) {
          const end = signal.aborted ? undefined : await this.endOf(jobId, last);
          if (end) return yield* end;
          if (got) throw got.error;
          yield QUIET;
          continue;
        }
        if (got.done) return;
        yield got.value;
        if (isFinalEvent(got.value.event)) return;
        last = got.value.id;
        next = live.next();
      }
    } finally {
      quiet.end();
      // The signal ends a wait; only return() releases a follower that is paused between two events.
      void live.return?.(undefined);
    }
  }

  /** Returns the rest of an ended job. @returns undefined while it is open, or the database is unreachable */
  private async endOf(
    jobId: string,
    last: EventId | undefined,
  ): Promise<AsyncIterable<StoredEvent> | Iterable<StoredEvent> | undefined> {
    try {
      const job = await this.jobs.find(jobId);
      if (!job) return [{ id: { fence: (last?.fence ?? 0) + 1, sequence: 1 }, event: { type: 'cancelled' } }];
      return job.isOpen ? undefined : this.rest(job, last);
    } catch {
      return undefined;
    }
  }

  /** Yields the rest of an ended job, from the log if possible, otherwise from the database. */
  private async *rest(job: FollowedJob, after: EventId | undefined): AsyncGenerator<StoredEvent, void, undefined> {
    let last = after;
    for (let page = await this.logged(job._id, last); page.length > 0; page = await this.logged(job._id, last)) {
      yield* page;
      if (isFinalEvent(page.at(-1)!.event)) return;
      last = page.at(-1)!.id;
    }
    yield* job.closing.filter(({ id }) => last === undefined || compareEventIds(id, last) > 0);
  }

  private async logged(jobId: string, after: EventId | undefined): Promise<StoredEvent[]> {
    try {
      return await this.log.read(jobId, after);
    } catch (error) {
      if (error instanceof DependencyUnavailableError) return [];
      throw error;
    }
  }
}
