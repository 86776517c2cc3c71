/** Why the work must stop: it was cancelled, or another worker has the job. */
export type StopReason = 'cancelled' | 'lost';

/** Storage of leases. */
export interface Leases {
  /** @returns false if the lease was lost */
  renew(id: string, fence: number, leaseMs: number): Promise<boolean>;
}

/** A claimed job. */
export interface Leased {
  _id: string;
  /** Number of the claim. */
  fence: number;
  cancelRequestedAt?: Date;
}

/**
 * Keeps the claim on a job while it runs, by renewing the lease at a third of its length. A renewal that fails during
 * an outage of the database does not stop the job: the fence decides, when the result is stored, whether the claim is
 * still valid.
 */
export class Lease {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly leases: Leases,
    private readonly leased: Leased,
    private readonly leaseMs: number,
  ) {
    this.timer = setInterval(() => void this.renew(), leaseMs / 3);
    if (leased.cancelRequestedAt) this.stop('cancelled');
  }

  /** Aborted when the work must stop. */
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
      if (!(await this.leases.renew(this.leased._id, this.leased.fence, this.leaseMs))) this.stop('lost');
    } catch {
      // The database is unreachable; the next renewal, or the fence at the end, decides.
    }
  }
}
