import type { ReadRequest } from '../policy/cache-request.js';
import type { CoalescedFetch } from './coalesced-fetch.js';

/** Limit of unanswered fetches per key: one that hangs, and two that were started because of it. */
const MAX_OF_ONE_KEY = 3;

/** Fetches without an answer at their deadline, by the key of their response. */
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
