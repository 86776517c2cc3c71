import type { Lane } from '@slipstream/contracts';

/** Number of interactive deliveries before one background delivery, while both wait. */
const INTERACTIVE_IN_A_ROW = 8;

interface LaneTurnsOptions {
  /** Number of deliveries at a time. */
  concurrency: number;
  /**
   * Time for which a freed interactive place stays reserved, because the broker sends the next message only after an
   * acknowledgement. 0 if waiting messages are visible at once.
   */
  graceMs: number;
  /** Called at the end of such a time. */
  onGraceOver(): void;
}

/**
 * Decides from which lane the next delivery starts: interactive before background, without starving it. Background work
 * uses at most half of the places, so that interactive work always finds one.
 */
export class LaneTurns {
  private readonly backgroundLimit: number;
  private background = 0;
  private inARow = 0;
  private graceUntil = 0;
  private isTimed = false;

  constructor(private readonly options: LaneTurnsOptions) {
    this.backgroundLimit = backgroundLimitOf(options.concurrency);
  }

  /**
   * @param isWaiting whether the lane has a waiting delivery.
   * @returns undefined if none may start now
   */
  next(isWaiting: (lane: Lane) => boolean): Lane | undefined {
    const hasBackground = this.background < this.backgroundLimit && isWaiting('background');
    const isBackgroundDue = hasBackground && this.inARow >= INTERACTIVE_IN_A_ROW;
    if (isWaiting('interactive') && !isBackgroundDue) return 'interactive';
    if (!hasBackground || (!isBackgroundDue && this.isGrace())) return undefined;
    return 'background';
  }

  begin(lane: Lane): void {
    if (lane === 'background') this.background += 1;
    this.inARow = lane === 'background' ? 0 : this.inARow + 1;
  }

  end(lane: Lane): void {
    if (lane === 'background') this.background -= 1;
    else this.graceUntil = performance.now() + this.options.graceMs;
  }

  /** Schedules the next decision at the end of that time. */
  private isGrace(): boolean {
    const leftMs = this.graceUntil - performance.now();
    if (leftMs <= 0) return false;
    if (!this.isTimed) setTimeout(() => this.graceOver(), leftMs).unref();
    this.isTimed = true;
    return true;
  }

  private graceOver(): void {
    this.isTimed = false;
    this.options.onGraceOver();
  }
}

/** Returns the number of places for background work. @param concurrency at least 1 */
export const backgroundLimitOf = (concurrency: number): number => Math.max(1, Math.floor(concurrency / 2));
