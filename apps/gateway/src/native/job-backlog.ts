import type { Lane } from '@slipstream/contracts';
import type { JobStore } from '@slipstream/mongo';
import { QueueFullError } from './queue-full.error.js';

/** How long a count is good for: the limit may be overrun by what all gateways accept in that time. */
const RECOUNT_MS = 1000;

/** Keeps the open jobs from growing without end. Background work is refused at half the limit, so that it never shuts people out. */
export class JobBacklog {
  private counting?: Promise<void>;
  private open = 0;
  private countedAt = -Infinity;
  private readonly limits: Readonly<Record<Lane, number>>;

  constructor(
    private readonly jobs: Pick<JobStore, 'countOpen'>,
    maxOpenJobs: number,
  ) {
    this.limits = { interactive: maxOpenJobs, background: Math.ceil(maxOpenJobs / 2) };
  }

  /** Counts the caller's job in. @throws QueueFullError. @throws DependencyUnavailableError */
  async admit(lane: Lane = 'interactive'): Promise<void> {
    if (performance.now() - this.countedAt > RECOUNT_MS) await this.recount();
    if (this.open >= this.limits[lane]) throw new QueueFullError(lane, this.limits[lane]);
    this.open += 1;
  }

  /** Callers at the same time share one count. */
  private recount(): Promise<void> {
    this.counting ??= this.count().finally(() => (this.counting = undefined));
    return this.counting;
  }

  private async count(): Promise<void> {
    const countedAt = performance.now();
    this.open = await this.jobs.countOpen(this.limits.interactive);
    this.countedAt = countedAt;
  }
}
