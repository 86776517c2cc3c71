interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends all items of one turn of the event loop together: most of the cost of a small read or write is its command, its
 * timers and its wait, not its value.
 */
export class TurnBatch<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];

  /**
   * @param maxItems limit per command, because larger ones would block the server
   * @param sendAll returns a result per item, in their order; its error applies to all
   */
  constructor(
    private readonly maxItems: number,
    private readonly sendAll: (items: Item[]) => Promise<readonly Result[]>,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const count = this.waiting.push({ item, resolve, reject });
      if (count === 1) setImmediate(this.send);
      else if (count === this.maxItems) this.send();
    });
  }

  /** Sends the items so far now. */
  readonly send = (): void => {
    const waiting = this.waiting;
    this.waiting = [];
    if (waiting.length > 0) void this.settle(waiting);
  };

  private async settle(waiting: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.sendAll(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
