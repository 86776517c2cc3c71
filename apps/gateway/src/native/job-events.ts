import { DependencyUnavailableError, compareEventIds, isFinalEvent, isOpen, type EventId } from '@slipstream/contracts';
import type { EventLog, StoredEvent } from '@slipstream/events';
import { closingEvents, type JobDocument, type JobStore } from '@slipstream/mongo';
import { QUIET, type ToldEvent } from './event-stream.js';
import { QuietTimer } from './quiet-timer.js';

/** After this long without an event the database is asked whether the job has ended meanwhile. */
const QUIET_MS = 5000;

/**
 * Events of jobs, for readers. The event log tells them as they happen; the job in the database is the truth: what an
 * ended job's log has lost, or never got, is told from there.
 */
export class JobEvents {
  constructor(
    private readonly jobs: JobStore,
    private readonly log: EventLog,
    private readonly quietMs = QUIET_MS,
  ) {}

  /**
   * An ended job can always be told; an open one needs the event log.
   * @throws DependencyUnavailableError
   */
  async requireReadable(job: JobDocument): Promise<void> {
    if (isOpen(job.state)) await this.log.check();
  }

  /** Everything after `after` until the job's end. Ends early, by an error, when the event log goes away for good. */
  async *read(job: JobDocument, after: EventId | undefined, signal: AbortSignal): AsyncGenerator<ToldEvent> {
    if (!isOpen(job.state)) return yield* this.rest(job, after);
    let last = after;
    const done = new AbortController();
    const quiet = new QuietTimer(this.quietMs);
    const live = this.log.follow(job._id, { after, signal: AbortSignal.any([signal, done.signal]) })[Symbol.asyncIterator]();
    try {
      for (let next = live.next(); ; ) {
        const got = await Promise.race([next, quiet.next()]);
        if (got === undefined) {
          const ended = await this.ended(job._id);
          if (ended) return yield* this.rest(ended, last);
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
      done.abort();
      // The abort ends a wait; only the return lets a follower that rests between two events let go.
      void live.return?.(undefined);
    }
  }

  /** Whether a reader who saw `after` has seen all of an ended job. */
  static isPastEnd(job: JobDocument, after: EventId | undefined): boolean {
    const final = closingEvents(job).at(-1);
    return final !== undefined && after !== undefined && compareEventIds(after, final.id) >= 0;
  }

  /** What an ended job's reader is still owed: from the log as far as it goes, and the end, if need be, from the database. */
  private async *rest(job: JobDocument, after: EventId | undefined): AsyncGenerator<StoredEvent> {
    let last = after;
    for (let page = await this.logged(job._id, last); page.length > 0; page = await this.logged(job._id, last)) {
      yield* page;
      if (isFinalEvent(page.at(-1)!.event)) return;
      last = page.at(-1)!.id;
    }
    yield* closingEvents(job).filter(({ id }) => last === undefined || compareEventIds(id, last) > 0);
  }

  private async logged(jobId: string, after: EventId | undefined): Promise<StoredEvent[]> {
    try {
      return await this.log.read(jobId, after);
    } catch (error) {
      if (error instanceof DependencyUnavailableError) return [];
      throw error;
    }
  }

  /** The job, if the database answers and says that it has ended. */
  private async ended(jobId: string): Promise<JobDocument | undefined> {
    try {
      const job = await this.jobs.find(jobId);
      return job && !isOpen(job.state) ? job : undefined;
    } catch {
      return undefined;
    }
  }
}
