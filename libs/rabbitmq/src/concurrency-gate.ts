/** Limits concurrent work to `limit`, and waits for its end. */
export class ConcurrencyGate {
  private active = 0;
  private abandoned = false;
  private waiting: (() => void)[] = [];

  /** @param onRoom called after each end of work. */
  constructor(
    private readonly limit: number,
    private readonly onRoom: () => void,
  ) {}

  get hasRoom(): boolean {
    return this.active < this.limit;
  }

  /** Starts `work`, which must not reject. */
  run(work: () => Promise<void>): void {
    this.active += 1;
    void work().then(() => {
      this.active -= 1;
      if (this.active === 0) this.release();
      this.onRoom();
    });
  }

  /** Resolves when no work is running, or at once after abandon(). */
  whenIdle(): Promise<void> {
    if (this.active === 0 || this.abandoned) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Ends the wait for running work. */
  abandon(): void {
    this.abandoned = true;
    this.release();
  }

  private release(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
