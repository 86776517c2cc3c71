/** A participant that takes turns. */
export interface Weighted {
  readonly weight: number;
}

/**
 * Smooth weighted round robin, as in nginx: in each round, every participant earns its weight. The one with the most
 * credit is chosen, and pays the sum of all weights. With weights 5, 1, 1 the order is `a a b a c a a`, not `a a a a a
 * b c`.
 *
 * The credits of the participants add up to zero, so they stay bounded however often the participants change.
 */
export class SmoothWeightedRoundRobin {
  private readonly credits = new WeakMap<Weighted, number>();

  creditOf(participant: Weighted): number {
    return this.credits.get(participant) ?? 0;
  }

  setCredit(participant: Weighted, credit: number): void {
    this.credits.set(participant, credit);
  }

  /** @returns the next in turn; undefined without participants */
  next<T extends Weighted>(participants: readonly T[]): T | undefined {
    if (participants.length === 1) return participants[0];
    let total = 0;
    let richest: T | undefined;
    let most = -Infinity;
    for (const participant of participants) {
      const credit = this.creditOf(participant) + participant.weight;
      this.credits.set(participant, credit);
      total += participant.weight;
      if (credit > most) [richest, most] = [participant, credit];
    }
    if (richest) this.credits.set(richest, most - total);
    return richest;
  }
}
