import type { Reader } from './reader.js';

/** The clients that one answer is written to, as fast as the slowest of them takes it. */
export class Audience {
  private readonly readers = new Set<Reader>();

  /**
   * @param stallMs longest that one may hold up the others
   * @param onWritable all take more, after {@link isWritable} said that not all do
   */
  constructor(
    private readonly stallMs: number,
    private readonly onWritable: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.readers.size === 0;
  }

  add(reader: Reader): void {
    this.readers.add(reader);
  }

  /** The others need not wait for it any more. */
  delete(reader: Reader): void {
    if (this.readers.delete(reader) && !this.isEmpty) this.resume();
  }

  /** @returns a copy */
  all(): Reader[] {
    return [...this.readers];
  }

  /** @returns all, who are none of its any more */
  dismiss(): Reader[] {
    const readers = this.all();
    this.readers.clear();
    return readers;
  }

  write(chunk: Buffer): void {
    for (const reader of this.readers) reader.write(chunk);
  }

  /** Gives more of a body that each reads as it takes it. */
  pump(): void {
    for (const reader of this.readers) reader.pump();
  }

  /** Sends what was written so far at once. */
  flush(): void {
    for (const reader of this.readers) reader.flush();
  }

  /** Whether all take more. Who is slow is given its time, if it is alone. */
  isWritable(): boolean {
    const slow = this.slow();
    const stallMs = this.readers.size > 1 ? this.stallMs : undefined;
    for (const reader of slow) reader.whenDrained(stallMs, () => this.resume());
    return slow.length === 0;
  }

  private resume(): void {
    if (this.slow().length === 0) this.onWritable();
  }

  private slow(): Reader[] {
    return this.all().filter(({ needsDrain }) => needsDrain);
  }
}
