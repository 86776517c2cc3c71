/** The part of one cache in the log, and its callbacks. */
export interface PurgeTopicOptions<P> {
  /** One word, unique to this cache. */
  name: string;
  /** @returns a purge of the cache's whole contents; another object each time */
  everything(): P;
  /** @returns undefined for a foreign purge */
  parse(value: unknown): P | undefined;
  /** Largest number of unconfirmed purges that are stored one by one; above it everything is purged. */
  maxPending: number;
  /** A new epoch: all earlier numbers are void. */
  reset(): void;
  /** A purge of any process, this one included, in the order of the log; once. */
  note(purge: P, number: number): void;
  /** A purge of another process, to be applied to memory; may be repeated. */
  forget(purge: P): void;
}

/** The purges of one cache: unconfirmed ones, and their way to and from the log. */
export class PurgeTopic<P> {
  private readonly pendingPurges = new Set<P>();

  /** @param append resolves to the purge's number when the log contains it */
  constructor(
    private readonly options: PurgeTopicOptions<P>,
    private readonly append: (text: string) => Promise<number>,
  ) {}

  get isSettled(): boolean {
    return this.pendingPurges.size === 0;
  }

  /** Purges that the log may lack: matching values must not be used. */
  get pending(): Iterable<P> {
    return this.pendingPurges;
  }

  /** The purge is pending until {@link confirm} has appended it to the log. @returns this purge, or everything */
  add(purge: P): P {
    const added = this.pendingPurges.size < this.options.maxPending ? purge : this.options.everything();
    if (added !== purge) this.pendingPurges.clear();
    this.pendingPurges.add(added);
    return added;
  }

  /** Waits for any time; a failed purge stays pending. @returns its number */
  async confirm(purge: P): Promise<number> {
    const number = await this.append(`${this.options.name} ${JSON.stringify(purge)}`);
    this.pendingPurges.delete(purge);
    return number;
  }

  async confirmAll(): Promise<void> {
    for (const purge of [...this.pendingPurges]) await this.confirm(purge);
  }

  reset(): void {
    this.options.reset();
  }

  /** Everything from before this number may have been purged. */
  noteGap(number: number): void {
    this.options.note(this.options.everything(), number);
  }

  note(text: string, number: number): void {
    const purge = this.parse(text);
    if (purge !== undefined) this.options.note(purge, number);
  }

  forget(text: string): void {
    const purge = this.parse(text);
    if (purge !== undefined) this.options.forget(purge);
  }

  /** An own entry that is unreadable may have purged everything. */
  private parse(text: string): P | undefined {
    const { name, everything, parse } = this.options;
    if (!text.startsWith(`${name} `)) return undefined;
    try {
      return parse(JSON.parse(text.slice(name.length + 1))) ?? everything();
    } catch {
      return everything();
    }
  }
}
