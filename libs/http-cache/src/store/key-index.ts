/** Keys by a name that several of them may share. Its size is that of the added and not removed keys. */
export class KeyIndex {
  /** A set only for several keys, because most names have one. */
  private readonly keys = new Map<string, string | Set<string>>();

  add(name: string, key: string): void {
    const keys = this.keys.get(name);
    if (keys === undefined) this.keys.set(name, key);
    else if (typeof keys !== 'string') keys.add(key);
    else if (keys !== key) this.keys.set(name, new Set([keys, key]));
  }

  remove(name: string, key: string): void {
    const keys = this.keys.get(name);
    if (keys === key || (typeof keys === 'object' && keys.delete(key) && keys.size === 0)) this.keys.delete(name);
  }

  /** @returns the key that was added first, if there are more than `max` */
  oldestPast(name: string, max: number): string | undefined {
    const keys = this.liveKeysOf(name);
    return keys.size > max ? keys.values().next().value : undefined;
  }

  /** @returns a copy */
  keysOf(name: string): string[] {
    return [...this.liveKeysOf(name)];
  }

  private liveKeysOf(name: string): ReadonlySet<string> {
    const keys = this.keys.get(name);
    return typeof keys === 'object' ? keys : new Set(keys === undefined ? [] : [keys]);
  }
}
