import type { Model } from '@slipstream/contracts';

/** The models of one server: the last good list, refreshed behind the reader's back. */
export class ModelList {
  /** Undefined until the server has told once. */
  private models?: readonly Model[];
  private ids: ReadonlySet<string> = new Set();
  private askedAt = -Infinity;
  private refreshing?: Promise<void>;

  /**
   * @param load asks the server; must end by itself
   * @param ttlMs how long a list is taken for current, and a failure for lasting
   */
  constructor(
    private readonly load: () => Promise<readonly Model[]>,
    private readonly ttlMs: number,
  ) {}

  /** The last good list, without asking. */
  get known(): readonly Model[] {
    return this.models ?? [];
  }

  /** Whether the server has told at least once. */
  get isKnown(): boolean {
    return this.models !== undefined;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** The list. Waits only for the first answer; later ones are awaited by nobody. Never rejects. */
  async current(): Promise<readonly Model[]> {
    const isWaiting = this.models === undefined;
    const refreshed = this.refreshIfStale();
    if (isWaiting) await refreshed;
    return this.known;
  }

  /** Waits for a list that is no older than the time to live, or for the failure to get one. Never rejects. */
  async refreshIfStale(): Promise<void> {
    const isFresh = performance.now() - this.askedAt < this.ttlMs;
    if (this.refreshing === undefined && isFresh) return;
    await this.refresh().catch(() => {}); // the health check reports it
  }

  /** Asks the server now, once for all who wait. @throws what `load` throws; the last good list stays */
  refresh(): Promise<void> {
    this.refreshing ??= this.ask().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async ask(): Promise<void> {
    try {
      this.models = await this.load();
      this.ids = new Set(this.models.map(({ id }) => id));
    } finally {
      this.askedAt = performance.now();
    }
  }
}
