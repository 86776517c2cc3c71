import type { CacheRecord } from './cache-record.js';

/** Header of a string in V8, and rounding of its length. */
const STRING_BYTES = 24;
/** Entry in the list of recently used keys, and in the table from keys to records. */
const PLACE_BYTES = 100;
/** Entry in a table or set of an index. */
const INDEX_BYTES = 80;

/** Memory of a record in V8's heap beside its packed bytes: its key, and its entries in lists. */
export function entryBytes({ key, primary, url, tags }: CacheRecord): number {
  let bytes = PLACE_BYTES + stringBytes(key);
  if (url !== key) bytes += INDEX_BYTES + stringBytes(url);
  if (primary !== key) bytes += INDEX_BYTES + stringBytes(primary);
  for (const tag of tags) bytes += INDEX_BYTES + stringBytes(tag);
  return bytes;
}

const stringBytes = (text: string): number => STRING_BYTES + text.length;
