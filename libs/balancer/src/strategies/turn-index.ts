import type { SmoothWeightedRoundRobin } from './smooth-weighted-round-robin.js';
import type { Candidate, CandidateIndex } from './strategy.js';
import { TurnQueue, type Turn } from './turn-queue.js';

/** Order of the candidates before they take turns. */
export interface TurnOrder {
  levelOf(candidate: Candidate): number;
  /** Negative if a candidate of the first level and weight precedes one of the other; 0 if the two take turns. */
  compare(one: Level, other: Level): number;
}

/** A level of the candidates of one weight. */
interface Level {
  readonly level: number;
  readonly weight: number;
}

/** The level at which no request is taken. */
const FULL = Infinity;

/** The candidates of one weight, by level. */
class WeightClass<T> implements Level {
  private readonly queues = new Map<number, TurnQueue<T>>();
  /** The lowest level that has a candidate; Infinity if all are full. */
  level = FULL;
  /** Queue of the lowest level; undefined if all are full. */
  lowest?: TurnQueue<T>;

  constructor(readonly weight: number) {}

  get isEmpty(): boolean {
    return this.queues.size === 0;
  }

  add(turn: Turn<T>): void {
    let queue = this.queues.get(turn.level);
    if (!queue) this.queues.set(turn.level, (queue = new TurnQueue(this.weight)));
    queue.add(turn);
    if (turn.level < this.level) [this.level, this.lowest] = [turn.level, queue];
  }

  remove(turn: Turn<T>): void {
    const queue = this.queues.get(turn.level) as TurnQueue<T>;
    queue.remove(turn);
    if (queue.size > 0) return;
    this.queues.delete(turn.level);
    if (turn.level !== this.level) return;
    this.level = Math.min(FULL, ...this.queues.keys());
    this.lowest = this.level === FULL ? undefined : this.queues.get(this.level);
  }
}

/**
 * Smooth weighted round robin among the first candidates of an order, in the sequence of {@link
 * SmoothWeightedRoundRobin}. A pick costs one step for each different weight, and a change of a candidate the logarithm
 * of their number.
 */
export class TurnIndex<T extends Candidate> implements CandidateIndex<T> {
  private readonly turns = new Map<T, Turn<T>>();
  private readonly classes = new Map<number, WeightClass<T>>();
  /** Used within one pick; kept, so that no pick allocates it. */
  private readonly taking: TurnQueue<T>[] = [];

  /** @param credits of all candidates; the index starts from them and returns to them */
  constructor(
    candidates: readonly T[],
    private readonly order: TurnOrder,
    private readonly credits: SmoothWeightedRoundRobin,
    private readonly maxConnections: number,
  ) {
    for (const [index, candidate] of candidates.entries()) {
      const level = this.levelOf(candidate);
      const turn = {
        candidate,
        order: index,
        weight: candidate.weight,
        level,
        credit: credits.creditOf(candidate),
        position: 0,
      };
      this.turns.set(candidate, turn);
      this.put(turn);
    }
  }

  pick(): T | undefined {
    this.findTaking();
    const { taking } = this;
    let chosen = taking[0];
    if (!chosen) return undefined;
    if (taking.length === 1 && chosen.size === 1) return chosen.first.candidate;
    let price = 0;
    for (const queue of taking) {
      queue.earn();
      price += queue.size * queue.weight;
      if (queue !== chosen && isBefore(queue, chosen)) chosen = queue;
    }
    const { candidate } = chosen.first;
    chosen.pay(price);
    return candidate;
  }

  update(candidate: T): void {
    const turn = this.turns.get(candidate);
    if (!turn) return;
    const { weight } = candidate;
    const level = this.levelOf(candidate);
    if (level === turn.level && weight === turn.weight) return;
    const from = this.classes.get(turn.weight) as WeightClass<T>;
    from.remove(turn);
    if (from.isEmpty && weight !== turn.weight) this.classes.delete(turn.weight);
    turn.level = level;
    turn.weight = weight;
    this.put(turn);
  }

  end(): void {
    for (const turn of this.turns.values()) {
      this.classes.get(turn.weight)?.remove(turn);
      this.credits.setCredit(turn.candidate, turn.credit);
    }
  }

  private findTaking(): void {
    const { taking, order } = this;
    taking.length = 0;
    let first: WeightClass<T> | undefined;
    for (const weightClass of this.classes.values()) {
      if (!weightClass.lowest) continue;
      const difference = first ? order.compare(weightClass, first) : -1;
      if (difference > 0) continue;
      if (difference < 0) {
        first = weightClass;
        taking.length = 0;
      }
      taking.push(weightClass.lowest);
    }
  }

  private put(turn: Turn<T>): void {
    let weightClass = this.classes.get(turn.weight);
    if (!weightClass) this.classes.set(turn.weight, (weightClass = new WeightClass(turn.weight)));
    weightClass.add(turn);
  }

  private levelOf(candidate: T): number {
    return candidate.connections < this.maxConnections ? this.order.levelOf(candidate) : FULL;
  }
}

function isBefore<T>(one: TurnQueue<T>, other: TurnQueue<T>): boolean {
  const difference = one.creditOf(one.first) - other.creditOf(other.first);
  return difference > 0 || (difference === 0 && one.first.order < other.first.order);
}
