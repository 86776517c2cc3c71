import { primaryKey, urlOf, variantKey } from '../policy/cache-key.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { StoredResponse } from '../policy/stored-response.js';
import { variantOf } from '../policy/vary.js';
import type { CacheRecord } from './cache-record.js';
import { soon, type Soon } from './soon.js';
import type { TieredResponseStore } from './tiered.response-store.js';

/** Where a request's answer is, and what is there. */
export interface Found {
  readonly url: string;
  /** Of all answers of this URL, or of this partition's. */
  readonly primary: string;
  /** Of the answer that this request selects, as far as is known which fields select. */
  readonly key: string;
  /** The fields that select, as far as is known; empty: none. */
  readonly names: readonly string[];
  readonly stored?: StoredResponse;
}

const NO_NAMES: readonly string[] = [];

/** @param usesShared whether the shared store is worth asking for this key when memory has nothing */
export function find(
  store: TieredResponseStore,
  request: ReadRequest,
  usesShared: (key: string) => boolean,
): Soon<Found> {
  const url = urlOf(request.original);
  const primary = primaryKey(url, request.partition, request.original.claims);
  const get = (key: string): Soon<CacheRecord | undefined> =>
    store.getMemory(key) ?? (usesShared(key) ? store.getShared(key, url) : undefined);
  return soon(get(primary), (record): Soon<Found> => {
    if (record?.value.type !== 'vary')
      return { url, primary, key: primary, names: NO_NAMES, stored: record?.value.response };
    const { names } = record.value;
    const key = keyOf(primary, names, request);
    return soon(get(key), (variant) => ({
      url,
      primary,
      key,
      names,
      stored: variant?.value.type === 'response' ? variant.value.response : undefined,
    }));
  });
}

/** The key of the answer that this request selects (RFC 9111 section 4.1). */
export const keyOf = (primary: string, names: readonly string[], request: ReadRequest): string =>
  names.length === 0 ? primary : variantKey(primary, variantOf(names, request));
