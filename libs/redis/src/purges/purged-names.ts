/** Effect on a value of the purges since it was read. */
export type PurgeVerdict = 'kept' | 'softened' | 'dropped';

/** Numbers of the last purges, hard and soft, of one name. */
interface Last {
  readonly hard: number;
  readonly soft: number;
}

const NEVER: Last = { hard: 0, soft: 0 };

/**
 * The last purge of each name. Above the limit the oldest name is dropped, and with it all values from before its last
 * purge.
 */
export class PurgedNames {
  private readonly lastByName = new Map<string, Last>();
  /** All values from before this purge are dropped. */
  private floor = 0;

  constructor(private readonly maxNames: number) {}

  get names(): Iterable<string> {
    return this.lastByName.keys();
  }

  note(name: string, number: number, isSoft = false): void {
    const { hard, soft } = this.lastByName.get(name) ?? NEVER;
    this.lastByName.delete(name); // the newest moves to the end, so that the first is the oldest
    this.lastByName.set(name, isSoft ? { hard, soft: Math.max(soft, number) } : { hard: Math.max(hard, number), soft });
    if (this.lastByName.size > this.maxNames) this.forgetOldest();
  }

  noteEverything(number: number): void {
    this.lastByName.clear();
    this.floor = Math.max(this.floor, number);
  }

  reset(): void {
    this.lastByName.clear();
    this.floor = 0;
  }

  /** @param since the last known purge when the value's load began */
  verdict(names: Iterable<string>, since: number): PurgeVerdict {
    if (since < this.floor) return 'dropped';
    let verdict: PurgeVerdict = 'kept';
    for (const name of names) {
      const { hard, soft } = this.lastByName.get(name) ?? NEVER;
      if (hard > since) return 'dropped';
      if (soft > since) verdict = 'softened';
    }
    return verdict;
  }

  private forgetOldest(): void {
    const [oldest, { hard, soft }] = this.lastByName.entries().next().value as [string, Last];
    this.lastByName.delete(oldest);
    this.floor = Math.max(this.floor, hard, soft);
  }
}
