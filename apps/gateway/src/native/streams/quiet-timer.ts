/** Resolves to undefined after each quiet time. One timer for a whole stream, restarted by each event. */
export class QuietTimer {
  private readonly timer: NodeJS.Timeout;
  private waiting = Promise.withResolvers<undefined>();

  constructor(quietMs: number) {
    this.timer = setInterval(() => this.wake(), quietMs);
  }

  /** Restarts the wait. */
  next(): Promise<undefined> {
    this.timer.refresh();
    this.waiting = Promise.withResolvers<undefined>();
    return this.waiting.promise;
  }

  /** Ends the current wait now. */
  wake(): void {
    this.waiting.resolve(undefined);
  }

  end(): void {
    clearInterval(this.timer);
  }
}
