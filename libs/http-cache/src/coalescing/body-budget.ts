/**
 * Limit for all bodies outside of the store: bodies that are being stored, and bodies that only slow clients still
 * read.
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

  /** Counts bytes that are held in any case, so that no more are taken meanwhile. */
  hold(bytes: number): void {
    this.usedBytes += bytes;
  }

  giveBack(bytes: number): void {
    this.usedBytes -= bytes;
  }
}
