/** Tags and keys that are remembered together; past it, dropping a tag means dropping all. */
const MAX_PAIRS = 100_000;

/** Which keys have a tag, for as long as nobody drops it. */
export class TaggedKeys {
  private readonly keys = new Map<string, Set<string>>();
  private pairs = 0;
  private isOverfull = false;

  add(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.keys.get(tag) ?? new Set();
      this.pairs -= keys.size;
      this.keys.set(tag, keys.add(key));
      this.pairs += keys.size;
    }
    if (this.pairs <= MAX_PAIRS) return;
    this.clear();
    this.isOverfull = true;
  }

  /** @returns the keys that had it, once; undefined when they are not known any more */
  take(tag: string): readonly string[] | undefined {
    if (this.isOverfull) {
      this.clear();
      return undefined;
    }
    const keys = [...(this.keys.get(tag) ?? [])];
    this.keys.delete(tag);
    this.pairs -= keys.length;
    return keys;
  }

  clear(): void {
    this.keys.clear();
    this.pairs = 0;
    this.isOverfull = false;
  }
}
