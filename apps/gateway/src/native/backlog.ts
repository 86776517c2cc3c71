import type { Lane } from '@slipstream/contracts';
import { QueueFullError, type QueueLimit } from './queue-full.error.js';

/** The store of open work. */
interface OpenWork {
  /** Returns the number of open items, counted up to `limit`. */
  countOpen(limit: number): Promise<number>;
}

/** Lifetime of a count: the limit may be exceeded by the work that all gateways accept in that time. */
const RECOUNT_MS = 1000;

/**
 * Limits the open work of one kind. Background work is refused from half of the limit on, so that interactive work
 * always finds capacity.
 */
export class Backlog {
  private counting?: Promise<void>;
  private open = 0;
  private countedAt = -Infinity;
  private readonly limits: Readonly<Record<Lane, number>>;

  constructor(
    private readonly work: OpenWork,
    private readonly limit: QueueLimit,
  ) {
    this.limits = { interactive: limit.max, background: Math.ceil(limit.max / 2) };
  }

  /**
   * Adds this number of items, all or none.
   * @throws QueueFullError
   * @throws DependencyUnavailableError
   */
  async admit(lane: Lane = 'interactive', count = 1): Promise<void> {
    if (performance.now() - this.countedAt > RECOUNT_MS) await this.recount();
    if (this.open + count > this.limits[lane])
      throw new QueueFullError(lane, { ...this.limit, max: this.limits[lane] });
    this.open += count;
  }

  /** Concurrent callers share one count. */
  private recount(): Promise<void> {
    this.counting ??= this.count().finally(() => (this.counting = undefined));
    return this.counting;
  }

  private async count(): Promise<void> {
    const countedAt = performance.now();
    this.open = await this.work.countOpen(this.limits.interactive);
    this.countedAt = countedAt;
  }
}
