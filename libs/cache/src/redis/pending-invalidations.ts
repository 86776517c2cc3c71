/**
 * Invalidations that Redis has not confirmed. As long as a key is here its value in Redis is not to be trusted. Bounded: past
 * the bound it forgets which keys they are, and then means all.
 */
export class PendingInvalidations {
  readonly #pending = new Map<string, symbol>();
  /** Set while everything is pending; replaced by a later overflow, which a purge begun before it doesn't settle. */
  #overflow: symbol | undefined;

  constructor(private readonly maxKeys: number) {}

  has(key: string): boolean {
    return this.#overflow !== undefined || this.#pending.has(key);
  }

  get isEmpty(): boolean {
    return this.#overflow === undefined && this.#pending.size === 0;
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#pending.set(key, Symbol());
    if (this.#pending.size > this.maxKeys) this.addEverything();
  }

  addEverything(): void {
    this.#pending.clear();
    this.#overflow = Symbol();
  }

  /** @param apply makes one key's invalidation; when the key was added again meanwhile, it stays */
  async settle(key: string, apply: () => Promise<void>): Promise<void> {
    const mark = this.#pending.get(key);
    await apply();
    if (this.#pending.get(key) === mark) this.#pending.delete(key);
  }

  /** @param purge invalidates everything */
  async settleOverflow(purge: () => Promise<void>): Promise<void> {
    const mark = this.#overflow;
    if (!mark) return;
    await purge();
    if (this.#overflow === mark) this.#overflow = undefined;
  }

  keys(): string[] {
    return [...this.#pending.keys()];
  }
}
