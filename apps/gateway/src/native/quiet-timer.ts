/** Resolves to undefined whenever nothing has happened for a while. One timer for a whole stream, put off at each event. */
export class QuietTimer {
  private readonly timer: NodeJS.Timeout;
  private waiting = Promise.withResolvers<undefined>();

  constructor(quietMs: number) {
    this.timer = setInterval(() => this.waiting.resolve(undefined), quietMs);
  }

  /** Starts the wait anew. */
  next(): Promise<undefined> {
    this.timer.refresh();
    this.waiting = Promise.withResolvers<undefined>();
    return this.waiting.promise;
  }

  end(): void {
    clearInterval(this.timer);
  }
}
