import { ShortLivedMap } from '@slipstream/contracts';
import type { ReadRequest } from '../policy/cache-request.js';
import type { CoalescedFetch } from './coalesced-fetch.js';

/** Fetches that other clients may join, by the key of their response. */
export class JoinableFetches {
  private readonly byKey = new ShortLivedMap<string, CoalescedFetch>();

  get size(): number {
    return this.byKey.size;
  }

  /** @returns a fetch that this request may wait for */
  joinable(key: string, request: ReadRequest): CoalescedFetch | undefined {
    const fetch = this.byKey.get(key);
    return fetch?.isOpenTo(request) ? fetch : undefined;
  }

  /** The newest fetch of a key is the one to join. */
  add(key: string, fetch: CoalescedFetch): void {
    this.byKey.set(key, fetch);
  }

  remove(key: string, fetch: CoalescedFetch): void {
    if (this.byKey.get(key) === fetch) this.byKey.delete(key);
  }
}
