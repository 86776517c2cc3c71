import type { StoredResponse } from '../policy/stored-response.js';
import type { Purgeable } from '../purge/purge-scope.js';

/** An answer, or the names of the request fields by which the answers of this key vary. */
export type CacheValue =
  | { readonly type: 'response'; readonly response: StoredResponse }
  | { readonly type: 'vary'; readonly names: readonly string[] };

/** A record of a store. */
export interface CacheRecord extends Purgeable {
  readonly key: string;
  /** Key of the answers among which Vary selects this one; equal to `key` if nothing varies. */
  readonly primary: string;
  /** Time after which it can't be sent, validated, or used while the origin fails; ms since the epoch. */
  readonly retainUntil: number;
  readonly value: CacheValue;
}

/** The record after a soft purge: stale from now on. */
export function softened(record: CacheRecord, now: number): CacheRecord {
  if (record.value.type === 'vary' || record.value.response.freshUntil <= now) return record;
  const { response } = record.value;
  const aged = now - response.freshUntil;
  const { staleWhileRevalidateUntil, staleIfErrorUntil } = response;
  return {
    ...record,
    value: {
      type: 'response',
      response: {
        ...response,
        freshUntil: now,
        staleWhileRevalidateUntil: staleWhileRevalidateUntil + aged,
        staleIfErrorUntil: staleIfErrorUntil + aged,
      },
    },
  };
}
