import type { StoredResponse } from '../policy/stored-response.js';
import type { Purgeable } from '../purge/purge-scope.js';

/** Either an answer, or which request fields the answers of this key vary on, and so where they are. */
export type CacheValue =
  | { readonly type: 'response'; readonly response: StoredResponse }
  | { readonly type: 'vary'; readonly names: readonly string[] };

/** What a store keeps. */
export interface CacheRecord extends Purgeable {
  readonly key: string;
  /** The key of the answers among which this one is selected by Vary; equal to `key` where nothing varies. */
  readonly primary: string;
  /** When it is of no use any more, not even to be validated or to stand in; ms since the epoch. */
  readonly retainUntil: number;
  readonly value: CacheValue;
}

/** The record as a soft purge leaves it: stale since now. */
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
