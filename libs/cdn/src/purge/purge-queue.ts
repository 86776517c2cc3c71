import { backOffMs, type BackOff, type Logger } from '@slipstream/contracts';
import { PendingPurges, type PurgeBatch } from './pending-purges.js';
import type { EdgePurge, PurgeDriver, PurgeResult } from './purge-driver.port.js';

/** Options of {@link PurgeQueue}. */
export interface PurgeQueueOptions {
  driver: PurgeDriver;
  /** Items that may wait. One more, and everything is purged instead. Minimum 1. */
  maxPending: number;
  /** Time during which purges gather into one call. Default 100. */
  gatherMs?: number;
  logger: Logger<'info' | 'warn'>;
  /** In ms; never jumps. Default `performance.now`. */
  clock?: () => number;
}

/** Calls since the start, by result. */
export type PurgeCounts = Record<PurgeResult['type'], number>;

/** Current state of a queue. */
export interface PurgeQueueStatus {
  /** Items that wait, or are on their way. */
  readonly pending: number;
  /** Absent: none waits. */
  readonly oldestMs?: number;
  readonly calls: Readonly<PurgeCounts>;
  /** Why the last call failed. Absent: it succeeded, or none was made. */
  readonly lastFailure?: string;
}

type Calls =
  { readonly type: 'succeeding' } | { readonly type: 'failing'; readonly inARow: number; readonly reason: string };

const BACK_OFF: BackOff = { firstMs: 1_000, maxMs: 60_000, spread: [0.75, 1.25] };
const SUCCEEDING: Calls = { type: 'succeeding' };

/**
 * Sends purges to a network, one call at a time. They gather for a short time, and wait while the network fails or
 * requires a pause (Retry-After). They are repeated until they succeed, or are refused for good.
 */
export class PurgeQueue {
  private readonly pending: PendingPurges;
  private readonly clock: () => number;
  private readonly counts: PurgeCounts = { done: 0, later: 0, rejected: 0 };
  private underWay?: PurgeBatch;
  private calls: Calls = SUCCEEDING;
  private timer?: NodeJS.Timeout;
  /** Set by {@link close}: called when nothing waits any more. */
  private onEmpty?: () => void;
  private isClosed = false;

  constructor(private readonly options: PurgeQueueOptions) {
    this.pending = new PendingPurges(options.driver.maxItems, options.maxPending);
    this.clock = options.clock ?? (() => performance.now());
  }

  get status(): PurgeQueueStatus {
    const { pending, underWay, calls } = this;
    const oldest = underWay?.since ?? pending.since;
    return {
      pending: pending.size + (underWay ? sizeOf(underWay.purge) : 0),
      oldestMs: oldest === undefined ? undefined : this.clock() - oldest,
      calls: { ...this.counts },
      lastFailure: calls.type === 'failing' ? calls.reason : undefined,
    };
  }

  /** Never throws. @param isSoft see {@link PurgeDriver.purge} */
  add(purge: EdgePurge, isSoft: boolean): void {
    if (this.isClosed) return;
    this.pending.add({ purge, isSoft, since: this.clock() });
    this.schedule(this.options.gatherMs ?? 100);
  }

  /** Sends pending purges for at most `graceMs`, without a pause. The rest is lost, which is logged. */
  async close(graceMs: number): Promise<void> {
    if (!this.isClosed && this.status.pending > 0) await this.emptied(graceMs);
    this.isClosed = true;
    clearTimeout(this.timer);
    const { pending, lastFailure } = this.status;
    if (pending > 0)
      this.options.logger.warn(
        { driver: this.options.driver.name, pending, reason: lastFailure },
        'the process ends before the CDN accepted all purges; purge the CDN by hand',
      );
  }

  private emptied(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, graceMs);
      this.onEmpty = () => {
        clearTimeout(late);
        resolve();
      };
      clearTimeout(this.timer);
      this.timer = undefined;
      this.schedule(0);
    });
  }

  private schedule(ms: number): void {
    if (this.timer || this.underWay || this.isClosed) return;
    this.timer = setTimeout(() => void this.send(), ms);
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    const batch = this.pending.take();
    if (!batch) return this.onEmpty?.();
    this.underWay = batch;
    const result = await this.options.driver.purge(batch.purge, batch.isSoft);
    this.underWay = undefined;
    this.counts[result.type] += 1;
    this.schedule(this.settle(batch, result));
  }

  /** @returns the pause before the next call, in ms */
  private settle(batch: PurgeBatch, result: PurgeResult): number {
    if (result.type === 'later') {
      this.pending.add(batch);
      const inARow = this.calls.type === 'failing' ? this.calls.inARow + 1 : 1;
      this.fail(inARow, result.reason, 'the CDN did not accept a purge; it is repeated');
      return Math.max(result.retryAfterMs ?? 0, backOffMs(inARow, BACK_OFF));
    }
    if (result.type === 'rejected') this.fail(1, result.reason, 'the CDN rejected a purge; purge it by hand');
    else this.succeed();
    return 0;
  }

  private fail(inARow: number, reason: string, text: string): void {
    this.calls = { type: 'failing', inARow, reason };
    if (inARow === 1) this.options.logger.warn({ driver: this.options.driver.name, reason }, text);
  }

  private succeed(): void {
    if (this.calls.type === 'failing')
      this.options.logger.info({ driver: this.options.driver.name }, 'the CDN accepts purges again');
    this.calls = SUCCEEDING;
  }
}

const sizeOf = (purge: EdgePurge): number => (purge.type === 'everything' ? 1 : purge.items.length);
