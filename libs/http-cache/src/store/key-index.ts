/** Keys by a name that several of them share. It is as large as what is added and not removed again. */
export class KeyIndex {
  readonly #keys = new Map<string, Set<string>>();

  add(name: string, key: string): void {
    const keys = this.#keys.get(name);
    if (keys) keys.add(key);
    else this.#keys.set(name, new Set([key]));
  }

  remove(name: string, key: string): void {
    const keys = this.#keys.get(name);
    if (keys?.delete(key) && keys.size === 0) this.#keys.delete(name);
  }

  /** @returns the one that was added first, when there are more than `max` */
  oldestPast(name: string, max: number): string | undefined {
    const keys = this.#keys.get(name);
    return keys && keys.size > max ? keys.values().next().value : undefined;
  }

  /** @returns a copy */
  keysOf(name: string): string[] {
    return [...(this.#keys.get(name) ?? [])];
  }
}
