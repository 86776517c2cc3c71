/** What one cache keeps in the log, and what it does with it. */
export interface PurgeTopicOptions<P> {
  /** One word, of this cache alone. */
  name: string;
  /** @returns one that means everything that the cache has; another object each time */
  everything(): P;
  /** @returns undefined for what isn't one of the cache's */
  parse(value: unknown): P | undefined;
  /** Unconfirmed purges that are remembered one by one; past it everything is purged. */
  maxPending: number;
  /** A new epoch: every number that was noted is void. */
  reset(): void;
  /** A purge of any process, this one included, in the order of the log; once. */
  note(purge: P, number: number): void;
  /** A purge of another process, which memory must follow; may be repeated. */
  forget(purge: P): void;
}

/** The purges of one cache: those not confirmed yet, and the way to and from the log. */
export class PurgeTopic<P> {
  private readonly pendingPurges = new Set<P>();

  /** @param append resolves to the purge's number when the log has it */
  constructor(
    private readonly options: PurgeTopicOptions<P>,
    private readonly append: (text: string) => Promise<number>,
  ) {}

  get isSettled(): boolean {
    return this.pendingPurges.size === 0;
  }

  /** Purges that the log may not have: what they mean must not be used. */
  get pending(): Iterable<P> {
    return this.pendingPurges;
  }

  /** It is pending from now on, until {@link confirm} has put it into the log. @returns this purge, or everything */
  add(purge: P): P {
    const added = this.pendingPurges.size < this.options.maxPending ? purge : this.options.everything();
    if (added !== purge) this.pendingPurges.clear();
    this.pendingPurges.add(added);
    return added;
  }

  /** However long that takes; it stays pending when it fails. @returns its number */
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

  /** What is ours and can't be read may have meant everything. */
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
