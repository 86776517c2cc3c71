import { LRUCache } from 'lru-cache';

/** Limit of all remembered keys together, in characters. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/**
 * Keys whose last answer was for one client only ("hit-for-pass" in Varnish). Later requests for them are forwarded at
 * once, and do not wait for another client's answer or for the shared store. Bounded; each key expires.
 */
export class UnshareableKeys {
  private readonly keys: LRUCache<string, true>;

  /**
   * @param memoryMs how long a key is remembered
   * @param clock in ms
   */
  constructor(memoryMs: number, clock: () => number) {
    this.keys = new LRUCache({
      maxSize: MAX_CHARACTERS,
      sizeCalculation: (_, key) => key.length + 1,
      ttl: memoryMs,
      ttlResolution: 0,
      perf: { now: clock },
    });
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** A key that is already stored keeps its expiry, because a write costs more than a look-up. */
  add(key: string): void {
    if (!this.keys.has(key)) this.keys.set(key, true);
  }

  delete(key: string): void {
    this.keys.delete(key);
  }
}
