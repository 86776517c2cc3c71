import type { BodySource } from '@slipstream/http';
import type { BodyBudget } from './body-budget.js';
import type { HeldBodies } from './held-bodies.js';

/** Source of the memory for bodies. */
export interface BodyRoom {
  /** Limit of one body that is kept. */
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  readonly held: HeldBodies;
}

/** A piece of a body, and its position. */
interface Piece {
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * A body while it arrives. A small body is kept whole, for the store and for clients that join later. A larger one is
 * kept from the position of its slowest reader.
 */
export class FlowingBody {
  private pieces: Piece[] = [];
  private totalBytes = 0;
  /** Bytes that the budget has granted for it. */
  private held = 0;
  private whole = true;
  private ended = false;
  private release?: () => void;
  private readonly readers = new Set<BodyReader>();

  constructor(private readonly room: BodyRoom) {}

  /** Whether everything that arrived is still kept. */
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

  /**
   * @param onAllRead called after each read that leaves nothing unread
   * @returns a reader that begins at the first byte
   */
  reader(onAllRead?: () => void): BodyReader {
    const reader = new BodyReader(this, onAllRead);
    this.readers.add(reader);
    return reader;
  }

  /**
   * Ends the body.
   * @returns a copy of the whole, which its readers use from now on; undefined if it was not kept. The memory of a
   *   small copy, which the store packs, is shared with others
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

  /** Drops the body, because it has no readers left. */
  drop(): void {
    this.whole = false;
    this.readers.clear();
    this.trim();
  }

  /** Returns bytes for a reader. */
  from(at: number, maxBytes: number): Buffer | undefined {
    const piece = this.pieces[this.indexOf(at)];
    return piece?.bytes.subarray(at - piece.start, at - piece.start + maxBytes);
  }

  /** Follows the progress of a reader. */
  moved(): void {
    if (!this.whole) this.trim();
  }

  leave(reader: BodyReader): void {
    if (!this.readers.delete(reader)) return;
    if (!this.whole) this.trim();
    if (this.ended && this.readers.size === 0) this.letGo();
  }

  /** Returns the last piece that begins at or before this byte, by binary search; past the end, none. */
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

  /** Drops the bytes that all readers have read. */
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

/** Position of one client in a body. */
export class BodyReader implements BodySource {
  readonly isInMemory = false;
  private position = 0;

  constructor(
    private readonly body: FlowingBody,
    private readonly onAllRead?: () => void,
  ) {}

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
    if (bytes) {
      this.position += bytes.length;
      this.body.moved();
    }
    if (!this.hasUnread) this.onAllRead?.();
    return bytes;
  }

  close(): void {
    this.body.leave(this);
  }
}
