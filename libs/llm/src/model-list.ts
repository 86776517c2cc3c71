import type { Model } from '@slipstream/contracts';

/** The models of one server: the last good list, refreshed in the background. */
export class ModelList {
  /** Undefined before the first list. */
  private models?: readonly Model[];
  private ids: ReadonlySet<string> = new Set();
  private requestedAt = -Infinity;
  /** Error of the last request, if it failed. */
  private failure?: unknown;
  private refreshing?: Promise<void>;

  /**
   * @param load requests the list; must end by itself
   * @param ttlMs time for which a list, or a failure, is current
   */
  constructor(
    private readonly load: () => Promise<readonly Model[]>,
    private readonly ttlMs: number,
  ) {}

  /** Returns the last good list, without a request. */
  get known(): readonly Model[] {
    return this.models ?? [];
  }

  /** Whether the server has ever sent a list. */
  get isKnown(): boolean {
    return this.models !== undefined;
  }

  get lastFailure(): unknown {
    return this.failure;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Returns the list. It waits only for the first one; later ones are loaded in the background. Never rejects. */
  async current(): Promise<readonly Model[]> {
    const isWaiting = this.models === undefined;
    const refreshed = this.refreshIfStale();
    if (isWaiting) await refreshed;
    return this.known;
  }

  /** Waits for a current list, or for the failure to get one. Never rejects. */
  async refreshIfStale(): Promise<void> {
    const isFresh = performance.now() - this.requestedAt < this.ttlMs;
    if (this.refreshing === undefined && isFresh) return;
    await this.refresh().catch(() => {}); // the health check reports it
  }

  /** Requests the list now, once for all concurrent callers. @throws the error of `load`; the last good list stays */
  refresh(): Promise<void> {
    this.refreshing ??= this.query().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async query(): Promise<void> {
    try {
      this.models = await this.load();
      this.ids = new Set(this.models.map(({ id }) => id));
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
      throw error;
    } finally {
      this.requestedAt = performance.now();
    }
  }
}
