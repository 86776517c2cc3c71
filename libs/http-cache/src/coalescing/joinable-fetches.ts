import type { ReadRequest } from '../policy/cache-request.js';
import type { CoalescedFetch } from './coalesced-fetch.js';

/** The fetches that others may join, by the key of what they bring. */
export class JoinableFetches {
  private readonly byKey = new Map<string, CoalescedFetch>();

  get size(): number {
    return this.byKey.size;
  }

  /** @returns one that this request may wait for */
  joinable(key: string, request: ReadRequest): CoalescedFetch | undefined {
    const fetch = this.byKey.get(key);
    return fetch?.isOpenTo(request) ? fetch : undefined;
  }

  /** The newest of a key is the one to join. */
  add(key: string, fetch: CoalescedFetch): void {
    this.byKey.set(key, fetch);
  }

  remove(key: string, fetch: CoalescedFetch): void {
    if (this.byKey.get(key) === fetch) this.byKey.delete(key);
  }
}
