import type { CacheRecord } from './cache-record.js';

/** The head of a string in V8, and what its length is rounded up by. */
const STRING_BYTES = 24;
/** A place in the list of the keys by their last use, and in the table from keys to records. */
const PLACE_BYTES = 100;
/** A place in a table or set of an index. */
const INDEX_BYTES = 80;

/** What a record costs in V8's heap beside what is packed: its key, and the places where it is listed. */
export function entryBytes({ key, primary, url, tags }: CacheRecord): number {
  let bytes = PLACE_BYTES + stringBytes(key);
  if (url !== key) bytes += INDEX_BYTES + stringBytes(url);
  if (primary !== key) bytes += INDEX_BYTES + stringBytes(primary);
  for (const tag of tags) bytes += INDEX_BYTES + stringBytes(tag);
  return bytes;
}

const stringBytes = (text: string): number => STRING_BYTES + text.length;
