import type { Lane } from '@slipstream/contracts';
import { QueueFullError, type QueueLimit } from './queue-full.error.js';

/** Where open work is kept. */
interface OpenWork {
  /** How much is open, counted up to `limit`. */
  countOpen(limit: number): Promise<number>;
}

/** How long a count is good for: the limit may be overrun by what all gateways accept in that time. */
const RECOUNT_MS = 1000;

/**
 * Keeps the open work of one kind from growing without end. Background work is refused at half the limit, so that it
 * never shuts people out.
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
   * Counts so many pieces of the caller's work in, all or none.
   * @throws QueueFullError.
   * @throws DependencyUnavailableError
   */
  async admit(lane: Lane = 'interactive', count = 1): Promise<void> {
    if (performance.now() - this.countedAt > RECOUNT_MS) await this.recount();
    if (this.open + count > this.limits[lane])
      throw new QueueFullError(lane, { ...this.limit, max: this.limits[lane] });
    this.open += count;
  }

  /** Callers at the same time share one count. */
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
