/** The bytes that all bodies under way may take together. */
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

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}
