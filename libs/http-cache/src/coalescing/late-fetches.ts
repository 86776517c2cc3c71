import type { ReadRequest } from '../policy/cache-request.js';
import type { CoalescedFetch } from './coalesced-fetch.js';

/**
 * So many fetches of one key may be without an answer at a time: one that hangs, and two that were begun because it
 * hangs.
 */
const MAX_OF_ONE_KEY = 3;

/** Fetches whose answers have not come in time, by the key of what they were to bring. */
export class LateFetches {
  private readonly byKey = new Map<string, Set<CoalescedFetch>>();

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Whether no further fetch of this key may begin. */
  isFull(key: string): boolean {
    return (this.byKey.get(key)?.size ?? 0) >= MAX_OF_ONE_KEY;
  }

  /** Oldest first. */
  of(key: string): readonly CoalescedFetch[] {
    return [...(this.byKey.get(key) ?? [])];
  }

  /** @returns the newest that this request may wait for */
  joinable(key: string, request: ReadRequest): CoalescedFetch | undefined {
    return this.of(key).findLast((fetch) => fetch.isOpenTo(request));
  }

  add(key: string, fetch: CoalescedFetch): void {
    const fetches = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, fetches.add(fetch));
  }

  delete(key: string, fetch: CoalescedFetch): void {
    const fetches = this.byKey.get(key);
    if (fetches?.delete(fetch) && fetches.size === 0) this.byKey.delete(key);
  }
}
