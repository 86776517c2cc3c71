import { inOwnMemory } from '../store/in-own-memory.js';
import type { BodyBudget } from './body-budget.js';

/** A body as it comes in, kept for the store and for readers who come late, as long as it is small enough. */
export class CollectedBody {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isOpen = true;

  constructor(
    private readonly maxBytes: number,
    private readonly budget: BodyBudget,
  ) {}

  /** Whether everything that came is still here. */
  get isWhole(): boolean {
    return this.#isOpen;
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** @returns false when it has become too much: nothing is kept from then on */
  add(chunk: Buffer): boolean {
    if (!this.#isOpen) return false;
    if (this.#bytes + chunk.length > this.maxBytes || !this.budget.take(chunk.length)) {
      this.drop();
      return false;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return true;
  }

  /** @returns the whole in memory of its own; room in the budget is given back */
  finish(): Buffer {
    const body = inOwnMemory(this.#chunks, this.#bytes);
    this.drop();
    return body;
  }

  drop(): void {
    this.budget.giveBack(this.#bytes);
    this.#isOpen = false;
    this.#chunks = [];
    this.#bytes = 0;
  }
}
