/**
 * The bytes that all bodies beside the store may take together: those on their way into it, and those that only slow
 * clients still read.
 */
export class BodyBudget {
  #used = 0;

  constructor(private readonly maxBytes: number) {}

  get used(): number {
    return this.#used;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.maxBytes) return false;
    this.#used += bytes;
    return true;
  }

  /** Counts what is held in any case, so that nothing else is taken meanwhile. */
  hold(bytes: number): void {
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}
