import type { Subscriber } from './subscriber.js';

/** The clients that one answer is written to, as fast as the slowest of them takes it. */
export class Subscribers {
  private readonly subscribers = new Set<Subscriber>();

  /**
   * @param stallMs longest that one may hold up the others
   * @param onWritable all take more, after {@link isWritable} said that not all do
   */
  constructor(
    private readonly stallMs: number,
    private readonly onWritable: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.subscribers.size === 0;
  }

  add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
  }

  /** The others need not wait for it any more. */
  delete(subscriber: Subscriber): void {
    if (this.subscribers.delete(subscriber) && !this.isEmpty) this.resume();
  }

  /** @returns a copy */
  all(): Subscriber[] {
    return [...this.subscribers];
  }

  /** @returns all, who are none of its any more */
  dismiss(): Subscriber[] {
    const subscribers = this.all();
    this.subscribers.clear();
    return subscribers;
  }

  write(chunk: Buffer): void {
    for (const subscriber of this.subscribers) subscriber.write(chunk);
  }

  /** Gives more of a body that each reads as it takes it. */
  pump(): void {
    for (const subscriber of this.subscribers) subscriber.pump();
  }

  /** Sends what was written so far at once. */
  flush(): void {
    for (const subscriber of this.subscribers) subscriber.flush();
  }

  /** Whether all take more. Who is slow is given its time, if it is alone. */
  isWritable(): boolean {
    const slow = this.slow();
    const stallMs = this.subscribers.size > 1 ? this.stallMs : undefined;
    for (const subscriber of slow) subscriber.whenDrained(stallMs, () => this.resume());
    return slow.length === 0;
  }

  private resume(): void {
    if (this.slow().length === 0) this.onWritable();
  }

  private slow(): Subscriber[] {
    return this.all().filter(({ needsDrain }) => needsDrain);
  }
}
