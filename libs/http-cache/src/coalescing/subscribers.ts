import type { Subscriber } from './subscriber.js';

/** The clients of one answer, which is written as fast as the slowest of them accepts it. */
export class Subscribers {
  private readonly subscribers = new Set<Subscriber>();

  /**
   * @param stallMs longest time for which one client may delay the others
   * @param onWritable called when all accept more, after {@link isWritable} returned false
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

  /** Removes a subscriber. The others no longer wait for it. */
  delete(subscriber: Subscriber): void {
    if (this.subscribers.delete(subscriber) && !this.isEmpty) this.resume();
  }

  /** @returns a copy */
  all(): Subscriber[] {
    return [...this.subscribers];
  }

  /** @returns all subscribers, which are removed */
  dismiss(): Subscriber[] {
    const subscribers = this.all();
    this.subscribers.clear();
    return subscribers;
  }

  write(chunk: Buffer): void {
    for (const subscriber of this.subscribers) subscriber.write(chunk);
  }

  /** Sends more of a body that each client reads at its own pace. */
  pump(): void {
    for (const subscriber of this.subscribers) subscriber.pump();
  }

  /** Sends the buffered data at once. */
  flush(): void {
    for (const subscriber of this.subscribers) subscriber.flush();
  }

  /** Whether all accept more. A slow client has no limit if it is alone. */
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
