import { LRUCache } from 'lru-cache';

/** What the keys that are remembered may take together, in characters. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/**
 * Keys whose last answer was for one client only: who asks for them next is passed on without a look at what comes
 * ("hit-for-pass", as Varnish calls it), and isn't kept waiting for another's answer or for the shared store. Bounded;
 * forgotten after a while.
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

  /** A key that is remembered already is not remembered longer for it: adding costs more than asking. */
  add(key: string): void {
    if (!this.keys.has(key)) this.keys.set(key, true);
  }

  delete(key: string): void {
    this.keys.delete(key);
  }
}
