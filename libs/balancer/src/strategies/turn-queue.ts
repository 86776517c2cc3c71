/** The place of a candidate in the sequence of turns. */
export interface Turn<T> {
  readonly candidate: T;
  /** Of two with equal credit, the one with the lower order is first. */
  readonly order: number;
  weight: number;
  /** Only candidates of the lowest level take turns. */
  level: number;
  /** In a queue: reduced by the earnings of the queue for all of its turns. */
  credit: number;
  /** Position in the heap of its queue. */
  position: number;
}

/**
 * Candidates of one weight that take turns, the one with the most credit first: a binary heap. All earn their weight in
 * each round, which is one counter for the whole queue.
 */
export class TurnQueue<T> {
  private readonly heap: Turn<T>[] = [];
  private rounds = 0;

  constructor(readonly weight: number) {}

  get size(): number {
    return this.heap.length;
  }

  /** @throws TypeError when the queue is empty */
  get first(): Turn<T> {
    return this.heap[0] as Turn<T>;
  }

  creditOf(turn: Turn<T>): number {
    return turn.credit + this.earned;
  }

  /** Adds the weight to all credits. */
  earn(): void {
    this.rounds += 1;
  }

  /** Subtracts the price of a turn from the first one. */
  pay(price: number): void {
    this.first.credit -= price;
    this.sink(this.first);
  }

  add(turn: Turn<T>): void {
    turn.credit -= this.earned;
    turn.position = this.heap.push(turn) - 1;
    this.rise(turn);
  }

  remove(turn: Turn<T>): void {
    const last = this.heap.pop() as Turn<T>;
    if (last !== turn) {
      this.place(last, turn.position);
      this.rise(last);
      this.sink(last);
    }
    turn.credit += this.earned;
  }

  private get earned(): number {
    return this.rounds * this.weight;
  }

  private rise(turn: Turn<T>): void {
    while (turn.position > 0) {
      const parent = this.heap[(turn.position - 1) >> 1] as Turn<T>;
      if (!isBefore(turn, parent)) return;
      this.swap(turn, parent);
    }
  }

  private sink(turn: Turn<T>): void {
    for (;;) {
      const left = this.heap[2 * turn.position + 1];
      const right = this.heap[2 * turn.position + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, turn)) return;
      this.swap(child, turn);
    }
  }

  private swap(one: Turn<T>, other: Turn<T>): void {
    const { position } = one;
    this.place(one, other.position);
    this.place(other, position);
  }

  private place(turn: Turn<T>, position: number): void {
    this.heap[position] = turn;
    turn.position = position;
  }
}

const isBefore = <T>(one: Turn<T>, other: Turn<T>): boolean =>
  one.credit > other.credit || (one.credit === other.credit && one.order < other.order);
