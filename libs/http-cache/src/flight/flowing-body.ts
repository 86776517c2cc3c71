import { inOwnMemory } from '../store/in-own-memory.js';
import type { BodyBudget } from './body-budget.js';
import type { HeldBodies } from './held-bodies.js';

/** Where bodies get their room. */
export interface BodyRoom {
  /** Of one body that is kept. */
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  readonly held: HeldBodies;
}

/** A piece of a body, and where in the body it begins. */
interface Piece {
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * A body as it comes in. As long as it is small enough it is kept whole, for the store and for readers who come late;
 * from then on only what its slowest reader has not read.
 */
export class FlowingBody {
  #pieces: Piece[] = [];
  #end = 0;
  /** Bytes that the budget has given for it. */
  #held = 0;
  #isWhole = true;
  #isEnded = false;
  #release?: () => void;
  readonly #readers = new Set<BodyReader>();

  constructor(private readonly room: BodyRoom) {}

  /** Whether everything that came is still here. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get end(): number {
    return this.#end;
  }

  /** @returns whether it is still kept whole */
  add(bytes: Buffer): boolean {
    const { maxBytes, budget } = this.room;
    if (this.#isWhole && (this.#end + bytes.length > maxBytes || !budget.take(bytes.length))) this.#isWhole = false;
    if (!this.#isWhole) budget.hold(bytes.length);
    this.#held += bytes.length;
    this.#pieces.push({ start: this.#end, bytes });
    this.#end += bytes.length;
    if (!this.#isWhole) this.#trim();
    return this.#isWhole;
  }

  /** @returns a reader that begins at the first byte */
  reader(): BodyReader {
    const reader = new BodyReader(this);
    this.#readers.add(reader);
    return reader;
  }

  /**
   * Nothing more will come.
   * @returns the whole in memory of its own, which its readers go on with; undefined when it was not kept
   */
  finish(): Buffer | undefined {
    this.#isEnded = true;
    if (!this.#isWhole) return undefined;
    const whole = inOwnMemory(
      this.#pieces.map(({ bytes }) => bytes),
      this.#end,
    );
    this.#giveBack(this.#held);
    this.#pieces = this.#end > 0 ? [{ start: 0, bytes: whole }] : [];
    if (this.#readers.size > 0) this.#release = this.room.held.read(whole);
    else this.#pieces = [];
    return whole;
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.#isWhole = false;
    this.#readers.clear();
    this.#trim();
  }

  /** For its readers. */
  from(at: number, maxBytes: number): Buffer | undefined {
    const piece = this.#pieces[this.#indexOf(at)];
    return piece?.bytes.subarray(at - piece.start, at - piece.start + maxBytes);
  }

  /** A reader has read more. */
  moved(): void {
    if (!this.#isWhole) this.#trim();
  }

  leave(reader: BodyReader): void {
    if (!this.#readers.delete(reader)) return;
    if (!this.#isWhole) this.#trim();
    if (this.#isEnded && this.#readers.size === 0) this.#letGo();
  }

  /** The last piece that begins at or before this byte, by halving; past the end: none. */
  #indexOf(at: number): number {
    if (at >= this.#end) return -1;
    let [low, high] = [0, this.#pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle] as Piece).start <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Lets go of what everybody has read. */
  #trim(): void {
    if (this.#release) return; // the whole is one piece
    const slowest = Math.min(this.#end, ...Array.from(this.#readers, ({ at }) => at));
    let read = 0;
    while (read < this.#pieces.length && endOf(this.#pieces[read] as Piece) <= slowest)
      this.#giveBack((this.#pieces[read++] as Piece).bytes.length);
    if (read > 0) this.#pieces.splice(0, read);
  }

  #letGo(): void {
    this.#pieces = [];
    this.#release?.();
    this.#release = undefined;
  }

  #giveBack(bytes: number): void {
    this.#held -= bytes;
    this.room.budget.giveBack(bytes);
  }
}

const endOf = ({ start, bytes }: Piece): number => start + bytes.length;

/** How far one client has read a body. */
export class BodyReader {
  #at = 0;

  constructor(private readonly body: FlowingBody) {}

  get at(): number {
    return this.#at;
  }

  get hasUnread(): boolean {
    return this.#at < this.body.end;
  }

  get isOver(): boolean {
    return this.body.isEnded && !this.hasUnread;
  }

  read(maxBytes: number): Buffer | undefined {
    const bytes = this.body.from(this.#at, maxBytes);
    if (!bytes) return undefined;
    this.#at += bytes.length;
    this.body.moved();
    return bytes;
  }

  close(): void {
    this.body.leave(this);
  }
}
