/** Options of {@link WaitQueue}. */
export interface WaitQueueOptions {
  /** Longest queue. Default 1000. */
  maxLength?: number;
  /** Longest wait, in ms. Default 5000. */
  timeoutMs?: number;
}

/** Someone who waits for a place. */
export interface Waiter<T> {
  /** @returns the place, when there is one for it now. @throws when there will never be one */
  attempt: () => T | undefined;
  /** Whether its wishes are its own: when someone without any can't be served, nobody else without any can. */
  isParticular: boolean;
  onServed: (place: T) => void;
  onRefused: (why: 'queue is full' | 'wait was too long' | Error) => void;
}

interface Entry<T> extends Waiter<T> {
  timer: NodeJS.Timeout;
}

/** A bounded, timed line for places that are all taken: first come, first served. */
export class WaitQueue<T> {
  private readonly entries = new Set<Entry<T>>();
  private readonly maxLength: number;
  private readonly timeoutMs: number;

  constructor({ maxLength = 1000, timeoutMs = 5000 }: WaitQueueOptions) {
    this.maxLength = maxLength;
    this.timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.entries.size;
  }

  /** @returns a function that leaves the queue; calling it when served already does nothing */
  join(waiter: Waiter<T>): () => void {
    if (this.entries.size >= this.maxLength) {
      waiter.onRefused('queue is full');
      return () => {};
    }
    const timer = setTimeout(() => this.leave(entry) && entry.onRefused('wait was too long'), this.timeoutMs);
    const entry: Entry<T> = { ...waiter, timer };
    this.entries.add(entry);
    return () => void this.leave(entry);
  }

  /** Serves whoever can be served, in the order of their coming. Call it whenever a place may have become free. */
  wake(): void {
    let isPlainRefused = false;
    for (const entry of [...this.entries]) {
      if (!this.entries.has(entry)) continue; // it left while another was served
      if (isPlainRefused && !entry.isParticular) continue;
      const isWaiting = this.tryToServe(entry);
      isPlainRefused ||= isWaiting && !entry.isParticular;
    }
  }

  /** Refuses everybody. */
  close(reason: Error): void {
    for (const entry of this.entries) if (this.leave(entry)) entry.onRefused(reason);
  }

  /** @returns whether it goes on waiting */
  private tryToServe(entry: Entry<T>): boolean {
    let place: T | undefined;
    try {
      place = entry.attempt();
    } catch (error) {
      this.leave(entry);
      entry.onRefused(error as Error);
      return false;
    }
    if (place === undefined) return true;
    this.leave(entry);
    entry.onServed(place);
    return false;
  }

  private leave(entry: Entry<T>): boolean {
    clearTimeout(entry.timer);
    return this.entries.delete(entry);
  }
}
