/** How often a coarse clock moves. */
export const TICK_MS = 100;

/** Something with deadlines on a coarse clock. */
export interface Timed {
  /** The clock has moved: ends what is overdue. */
  onTick(nowMs: number): void;
}

/**
 * A clock that moves every 100 ms while something is timed by it. A read costs nothing; the system's clock costs a
 * hundredth of a proxied request. One timer serves all pools, so that an idle pool costs next to nothing.
 */
export class CoarseClock {
  private readonly timed = new Set<Timed>();
  private timer?: NodeJS.Timeout;
  private lastMs = 0;

  /** On the clock of `performance.now()`, up to 100 ms ago, and longer ago only while the event loop is blocked. */
  get nowMs(): number {
    return this.timer ? this.lastMs : performance.now();
  }

  /** A deadline that is met no earlier than after `ms`, and up to 200 ms later. */
  deadlineIn(ms: number): number {
    return this.nowMs + ms + TICK_MS;
  }

  add(timed: Timed): void {
    this.timed.add(timed);
    if (this.timer) return;
    this.lastMs = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  delete(timed: Timed): void {
    if (!this.timed.delete(timed) || this.timed.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    this.lastMs = performance.now();
    for (const one of this.timed) one.onTick(this.lastMs);
  }
}

/** The clock of all connections of this process. */
export const connectionClock = new CoarseClock();
