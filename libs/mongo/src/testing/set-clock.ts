import { vi } from 'vitest';
import { DatabaseClock } from '../database-clock.js';

/**
 * Clock of a database that a spec sets. The wall clock of this process shows the same, as on a machine that runs both;
 * `vi.useRealTimers()` ends that.
 */
export class SetClock extends DatabaseClock {
  private shownMs = Date.now();

  constructor(private readonly time = { steadyMs: 0 }) {
    super(() => time.steadyMs);
    this.show();
  }

  /** What the server's own clock shows does not count. */
  override report(): void {
    return;
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.time.steadyMs += ms;
    this.jump(ms);
  }

  /** Sets the clock, forward or back, while no time passes. */
  jump(ms: number): void {
    this.shownMs += ms;
    this.show();
    vi.useFakeTimers({ toFake: ['Date'], now: this.shownMs });
  }

  private show(): void {
    super.report(new Date(this.shownMs));
  }
}
