/** Longer lists of ids become several queries. */
const MAX_BATCH = 500;

interface Waiting<T> {
  readonly id: string;
  readonly resolve: (found: T | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads documents by their ids, and ends N+1 reads: the ids that callers request within one turn of the event loop are
 * read by one query. It caches nothing.
 */
export class BatchLoader<T extends { _id: string }> {
  private waiting: Waiting<T>[] = [];

  /** @param read returns the documents that exist, in any order; `find({ _id: { $in: ids } })` */
  constructor(private readonly read: (ids: string[]) => Promise<readonly T[]>) {}

  /** @returns null if the document does not exist */
  load(id: string): Promise<T | null> {
    return new Promise((resolve, reject) => {
      // After the microtasks of this turn, in which other callers may follow.
      if (this.waiting.length === 0) setImmediate(() => this.send());
      this.waiting.push({ id, resolve, reject });
    });
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let from = 0; from < waiting.length; from += MAX_BATCH)
      void this.sendBatch(waiting.slice(from, from + MAX_BATCH));
  }

  private async sendBatch(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      const found = await this.read([...new Set(batch.map(({ id }) => id))]);
      const byId = new Map(found.map((document) => [document._id, document]));
      for (const { id, resolve } of batch) resolve(byId.get(id) ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
