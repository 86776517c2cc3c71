import { messageOf } from '@slipstream/contracts';
import type { EventLog, JobSignals } from '@slipstream/events';
import { closingEvents, type JobDocument, type JobStore } from '@slipstream/mongo';
import type { Logger } from '@slipstream/telemetry';

/** Ends jobs on request: one that waits at once, one that runs by a signal to its worker. */
export class JobCancellation {
  constructor(
    private readonly jobs: JobStore,
    private readonly log: EventLog,
    private readonly signals: JobSignals,
    private readonly logger: Logger,
  ) {}

  /** @returns the job afterwards; null when there is none */
  async cancel(jobId: string): Promise<JobDocument | null> {
    const job = await this.jobs.requestCancel(jobId);
    if (job) await this.tell(job);
    return job;
  }

  /** The database knows already: should the event log be away, the worker's and the readers' own checks tell. */
  private async tell(job: JobDocument): Promise<void> {
    try {
      if (job.state === 'running') await this.signals.cancel(job._id);
      if (job.state === 'cancelled') await this.log.append(job._id, closingEvents(job).slice(-1));
    } catch (error) {
      this.logger.debug({ jobId: job._id, reason: messageOf(error) }, 'cancellation not announced; it takes effect a little later');
    }
  }
}
