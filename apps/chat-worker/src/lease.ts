import type { JobDocument, JobStore } from '@slipstream/mongo';

/** Why a generation is to stop: somebody cancelled it, or another worker has the job. */
export type StopReason = 'cancelled' | 'lost';

/** A cancellation that comes while the job is claimed finds nobody to tell: so the database is asked once, soon. */
const FIRST_RENEWAL_MS = 500;

/**
 * Holds one claimed job for as long as it is worked on, by renewing the lease at a third of its length. A renewal that
 * fails because the database is away is no reason to stop: the fence decides, when the answer is stored, whether the
 * job was still ours.
 */
export class Lease {
  private readonly controller = new AbortController();
  private readonly first: NodeJS.Timeout;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly jobs: JobStore,
    private readonly job: JobDocument,
    private readonly leaseMs: number,
  ) {
    this.first = setTimeout(() => void this.renew(), FIRST_RENEWAL_MS);
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
    clearTimeout(this.first);
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    try {
      const state = await this.jobs.renew(this.job._id, this.job.fence, this.leaseMs);
      if (state === 'lost') this.stop('lost');
      if (state === 'cancel') this.stop('cancelled');
    } catch {
      // The database is away; the next renewal, or the fence at the end, will tell.
    }
  }
}
