import type { Lane } from '@slipstream/contracts';

/** So often interactive work goes first while background work waits; then background work has one turn. */
const INTERACTIVE_IN_A_ROW = 8;

interface LaneTurnsOptions {
  /** Deliveries in work at a time. */
  concurrency: number;
  /**
   * How long a place that interactive work has left is kept for more of it, because the next comes from the broker only
   * when the last was acknowledged. 0 where a waiting message is seen at once.
   */
  graceMs: number;
  /** Called when such a time is over. */
  onGraceOver(): void;
}

/**
 * Decides from which lane the next delivery is begun: interactive before background, without starving it, and with room
 * kept for the interactive: background work holds no more than half of the places, however long it takes.
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
   * @param isWaiting whether there is a delivery of the lane to begin.
   * @returns undefined when none may be begun now
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

  /** Sees to it that somebody looks again when it is over. */
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

/** Places that background work may take. @param concurrency at least 1 */
export const backgroundLimitOf = (concurrency: number): number => Math.max(1, Math.floor(concurrency / 2));
