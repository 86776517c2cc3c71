import type { JobDocument, JobStore } from '@slipstream/chats';

/** Why a generation is to stop: somebody cancelled it, or another worker has the job. */
export type StopReason = 'cancelled' | 'lost';

/**
 * Holds one claimed job for as long as it is worked on, by renewing the lease at a third of its length. A renewal that
 * fails because the database is away is no reason to stop: the fence decides, when the answer is stored, whether the
 * job was still ours.
 */
export class Lease {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly jobs: JobStore,
    private readonly job: JobDocument,
    private readonly leaseMs: number,
  ) {
    this.timer = setInterval(() => void this.renew(), leaseMs / 3);
    if (job.cancelRequestedAt) this.stop('cancelled');
  }

  /** Aborted when the work is to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get stopReason(): StopReason | undefined {
    return this.signal.aborted ? (this.signal.reason as StopReason) : undefined;
  }

  stop(reason: StopReason): void {
    this.controller.abort(reason);
  }

  /** Stops renewing. */
  end(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.jobs.renew(this.job._id, this.job.fence, this.leaseMs))) this.stop('lost');
    } catch {
      // The database is away; the next renewal, or the fence at the end, will tell.
    }
  }
}
