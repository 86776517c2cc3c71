import { isPurgedBy, type Purge, type Purgeable } from '../purge/purge-scope.js';

/** Purges that the shared store has not confirmed: what they mean isn't trusted there. Bounded: past the bound they mean everything. */
export class PendingPurges {
  readonly #pending = new Set<Purge>();

  constructor(private readonly maxPurges: number) {}

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** @returns what is to be confirmed: this purge, or one that means it and all others */
  add(purge: Purge): Purge {
    const added: Purge = this.#pending.size < this.maxPurges ? purge : { scope: { type: 'everything' }, isSoft: false };
    if (added !== purge) this.#pending.clear();
    this.#pending.add(added);
    return added;
  }

  settle(purge: Purge): void {
    this.#pending.delete(purge);
  }

  mean(record: Purgeable): boolean {
    for (const { scope } of this.#pending) if (isPurgedBy(record, scope)) return true;
    return false;
  }

  all(): Purge[] {
    return [...this.#pending];
  }
}
