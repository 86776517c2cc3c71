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
  private pieces: Piece[] = [];
  private totalBytes = 0;
  /** Bytes that the budget has given for it. */
  private held = 0;
  private whole = true;
  private ended = false;
  private release?: () => void;
  private readonly readers = new Set<BodyReader>();

  constructor(private readonly room: BodyRoom) {}

  /** Whether everything that came is still here. */
  get isWhole(): boolean {
    return this.whole;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  get end(): number {
    return this.totalBytes;
  }

  /** @returns whether it is still kept whole */
  add(bytes: Buffer): boolean {
    const { maxBytes, budget } = this.room;
    if (this.whole && (this.totalBytes + bytes.length > maxBytes || !budget.take(bytes.length))) this.whole = false;
    if (!this.whole) budget.hold(bytes.length);
    this.held += bytes.length;
    this.pieces.push({ start: this.totalBytes, bytes });
    this.totalBytes += bytes.length;
    if (!this.whole) this.trim();
    return this.whole;
  }

  /** @returns a reader that begins at the first byte */
  reader(): BodyReader {
    const reader = new BodyReader(this);
    this.readers.add(reader);
    return reader;
  }

  /**
   * Nothing more will come.
   * @returns a copy of the whole, with which its readers go on; undefined when it was not kept. Only a small one, which
   * the store packs, shares its memory with others
   */
  finish(): Buffer | undefined {
    this.ended = true;
    if (!this.whole) return undefined;
    const whole = Buffer.concat(
      this.pieces.map(({ bytes }) => bytes),
      this.totalBytes,
    );
    this.giveBack(this.held);
    this.pieces = this.totalBytes > 0 ? [{ start: 0, bytes: whole }] : [];
    if (this.readers.size > 0) this.release = this.room.held.read(whole);
    else this.pieces = [];
    return whole;
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.whole = false;
    this.readers.clear();
    this.trim();
  }

  /** For its readers. */
  from(at: number, maxBytes: number): Buffer | undefined {
    const piece = this.pieces[this.indexOf(at)];
    return piece?.bytes.subarray(at - piece.start, at - piece.start + maxBytes);
  }

  /** A reader has read more. */
  moved(): void {
    if (!this.whole) this.trim();
  }

  leave(reader: BodyReader): void {
    if (!this.readers.delete(reader)) return;
    if (!this.whole) this.trim();
    if (this.ended && this.readers.size === 0) this.letGo();
  }

  /** The last piece that begins at or before this byte, by halving; past the end: none. */
  private indexOf(at: number): number {
    if (at >= this.totalBytes) return -1;
    let [low, high] = [0, this.pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pieces[middle] as Piece).start <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Lets go of what everybody has read. */
  private trim(): void {
    if (this.release) return; // the whole is one piece
    const slowest = Math.min(this.totalBytes, ...Array.from(this.readers, ({ at }) => at));
    let read = 0;
    while (read < this.pieces.length && endOf(this.pieces[read] as Piece) <= slowest)
      this.giveBack((this.pieces[read++] as Piece).bytes.length);
    if (read > 0) this.pieces.splice(0, read);
  }

  private letGo(): void {
    this.pieces = [];
    this.release?.();
    this.release = undefined;
  }

  private giveBack(bytes: number): void {
    this.held -= bytes;
    this.room.budget.giveBack(bytes);
  }
}

const endOf = ({ start, bytes }: Piece): number => start + bytes.length;

/** How far one client has read a body. */
export class BodyReader {
  private position = 0;

  constructor(private readonly body: FlowingBody) {}

  get at(): number {
    return this.position;
  }

  get hasUnread(): boolean {
    return this.position < this.body.end;
  }

  get isOver(): boolean {
    return this.body.isEnded && !this.hasUnread;
  }

  read(maxBytes: number): Buffer | undefined {
    const bytes = this.body.from(this.position, maxBytes);
    if (!bytes) return undefined;
    this.position += bytes.length;
    this.body.moved();
    return bytes;
  }

  close(): void {
    this.body.leave(this);
  }
}
