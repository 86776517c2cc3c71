import { primaryKey, urlOf, variantKey } from '../policy/cache-key.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { StoredResponse } from '../policy/stored-response.js';
import { variantOf } from '../policy/vary.js';
import type { CacheRecord } from './cache-record.js';
import { soon, type Soon } from './soon.js';
import type { TieredResponseStore } from './tiered.response-store.js';

/** Key of a request's answer, and the stored answer. */
export interface Found {
  readonly url: string;
  /** Key of all answers of this URL, or of this partition of it. */
  readonly primary: string;
  /** Key of the answer that this request selects, as far as the selecting fields are known. */
  readonly key: string;
  /** The selecting fields, as far as they are known; empty: none. */
  readonly names: readonly string[];
  readonly stored?: StoredResponse;
}

const NO_NAMES: readonly string[] = [];

/** @param usesShared whether to read the shared store for this key if memory has no answer */
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
