import { MAX_SKEW_MS } from '@slipstream/contracts';

/** After the database's clock was set forward, workers have this long to renew their leases by the new time. */
const SETTLE_MS = 15_000;

/**
 * The database's clock, extrapolated between the server's heartbeats by the monotonic clock of this process. All
 * processes measure waits and leases by this clock; their own wall clocks may be wrong or change.
 */
export class DatabaseClock {
  /** The database's time minus the monotonic time, in ms. */
  private offsetMs: number;
  private settledOffsetMs: number;
  private settlesAtMs = -Infinity;
  private isMeasured = false;

  /** @param steadyMs monotonic. Default `performance.now` */
  constructor(private readonly steadyMs = () => performance.now()) {
    this.offsetMs = this.settledOffsetMs = Date.now() - steadyMs();
  }

  /**
   * In whole ms since the epoch, for times that are stored. This process's own time before the first {@link report}.
   */
  now(): number {
    return Math.floor(this.steadyMs() + this.offsetMs);
  }

  /**
   * In whole ms since the epoch, for comparison with stored times: they have passed if they are not later. It equals
   * {@link now}, but for 15 s after the clock was set forward it continues the earlier time. Otherwise a worker would
   * lose its lease before it can renew it.
   */
  settledNow(): number {
    return Math.floor(this.steadyMs() + this.settledOffsetMs);
  }

  /** The database's clock has just reported this time. */
  report(shown: Date): void {
    const atMs = this.steadyMs();
    const offsetMs = shown.getTime() - atMs;
    if (this.isMeasured && offsetMs > this.offsetMs + MAX_SKEW_MS) this.settlesAtMs = atMs + SETTLE_MS;
    if (!this.isMeasured || atMs >= this.settlesAtMs || offsetMs < this.settledOffsetMs)
      this.settledOffsetMs = offsetMs;
    this.offsetMs = offsetMs;
    this.isMeasured = true;
  }
}
