/** Limit of stored tags and keys together; above it, dropping a tag drops all keys. */
const MAX_PAIRS = 100_000;

/** The keys of each tag, until the tag is dropped. */
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

  /** @returns the keys with this tag, once; undefined if they are not stored any more */
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
