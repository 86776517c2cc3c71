import { messageOf } from '@slipstream/contracts';
import type { EventLog, JobSignals } from '@slipstream/events';
import type { Logger } from '@slipstream/telemetry';
import { closingEvents } from './closing-events.js';
import type { JobDocument } from './job.schema.js';
import type { JobStore } from './job.store.js';

/** Cancels jobs: a waiting job at once, a running job by a signal to its worker. */
export class JobCancellation {
  constructor(
    private readonly jobs: JobStore,
    private readonly log: EventLog,
    private readonly signals: JobSignals,
    private readonly logger: Logger,
  ) {}

  /** @returns the cancelled job; null if it does not exist */
  async cancel(jobId: string): Promise<JobDocument | null> {
    const job = await this.jobs.requestCancel(jobId);
    if (job) await this.tryToAnnounce(jobId, () => this.announce(job));
    return job;
  }

  /**
   * Ends a job whose chat is removed, at once, and replaces its earlier events with an end for its subscribers. Later
   * events and writes of the worker carry an older fence and have no effect.
   */
  async discard(jobId: string): Promise<void> {
    const job = await this.jobs.cancelNow(jobId);
    if (job) await this.tryToAnnounce(jobId, () => this.announceDiscarded(job));
  }

  private async announceDiscarded(job: JobDocument): Promise<void> {
    await this.log.remove(job._id);
    await this.log.append(job._id, closingEvents(job).slice(-1));
    await this.signals.cancel(job._id);
  }

  private async announce(job: JobDocument): Promise<void> {
    if (job.state === 'running') await this.signals.cancel(job._id);
    if (job.state === 'cancelled') await this.log.append(job._id, closingEvents(job).slice(-1));
  }

  /** The cancellation is stored. If publishing fails, worker and subscribers find it in the database. */
  private async tryToAnnounce(jobId: string, announce: () => Promise<void>): Promise<void> {
    try {
      await announce();
    } catch (error) {
      this.logger.debug(
        { jobId, reason: messageOf(error) },
        'cancellation not published; it takes effect a little later',
      );
    }
  }
}
