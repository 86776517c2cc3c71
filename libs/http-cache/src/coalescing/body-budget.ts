/**
 * The bytes that all bodies beside the store may take together: those on their way into it, and those that only slow
 * clients still read.
 */
export class BodyBudget {
  private usedBytes = 0;

  constructor(private readonly maxBytes: number) {}

  get used(): number {
    return this.usedBytes;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (this.usedBytes + bytes > this.maxBytes) return false;
    this.usedBytes += bytes;
    return true;
  }

  /** Counts what is held in any case, so that nothing else is taken meanwhile. */
  hold(bytes: number): void {
    this.usedBytes += bytes;
  }

  giveBack(bytes: number): void {
    this.usedBytes -= bytes;
  }
}
