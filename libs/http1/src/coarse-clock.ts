/** How often a coarse clock moves. */
export const TICK_MS = 100;

/** An object with deadlines on a coarse clock. */
export interface Timed {
  /** Called at each tick. Ends whatever has passed its deadline. */
  onTick(nowMs: number): void;
}

/**
 * A clock that ticks every 100 ms while at least one object is registered. Reading it is free; the system's clock costs
 * a hundredth of a proxied request. One timer serves all pools, so an idle pool costs next to nothing.
 */
export class CoarseClock {
  private readonly timed = new Set<Timed>();
  private timer?: NodeJS.Timeout;
  private lastMs = 0;

  /** Time on the clock of `performance.now()`, at most 100 ms old unless the event loop is blocked. */
  get nowMs(): number {
    return this.timer ? this.lastMs : performance.now();
  }

  /** Returns a deadline that passes after at least `ms`, and at most 200 ms later. */
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
