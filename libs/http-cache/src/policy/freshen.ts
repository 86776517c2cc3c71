import { addToVary, fieldValues, filterHeaders, type RawHeaders } from '@slipstream/http';
import { fieldsOf } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import type { Exchanged } from './freshness.js';
import { responseDirectives } from './response-directives.js';
import { isRecoded, ofRecoded } from './recoded.js';
import { reusabilityOf, storableHeaders, storedResponse, type StoredResponse } from './stored-response.js';
import { varyNames } from './vary.js';

/** Fields that depend on the stored bytes. They stay even if a 304 differs (RFC 9111 section 3.2). */
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'content-range']);

/**
 * The stored answer after its renewal by a 304 (RFC 9111 section 4.3.4): each field of the 304 replaces all lines of
 * that name.
 */
export function freshened(
  stored: StoredResponse,
  rawHeaders: RawHeaders,
  exchanged: Exchanged,
  rule?: CacheRule,
): StoredResponse {
  const kept = filterHeaders(rawHeaders, (name) => !OF_THE_BODY.has(name));
  const isOwn = stored.originTag !== undefined;
  const ofOrigin = isRecoded(fieldsOf(stored.headers).get('etag')) ? ofRecoded(kept) : kept;
  const headers = filterHeaders(ofOrigin, (name) => !(isOwn && name === 'etag'));
  if (!fieldsOf(headers).has('date'))
    // RFC 9110 section 6.6.1: the stored Date is that of the old answer.
    headers.push('Date', new Date(exchanged.answeredAt + (exchanged.wallAheadMs ?? 0)).toUTCString());
  const merged = merge(stored.headers, headers);
  const fields = fieldsOf(merged);
  const directives = responseDirectives(fields);
  const renewed = storedResponse(
    stored.statusCode,
    storableHeaders(merged, directives),
    reusabilityOf({ statusCode: stored.statusCode, fields, directives }, exchanged, rule),
    stored.body,
  );
  return isOwn ? { ...renewed, originTag: fieldsOf(kept).get('etag') ?? stored.originTag } : renewed;
}

/** Vary of a 304 adds to that of the stored response, which may name a field that selects forms of the cache's own. */
function merge(stored: RawHeaders, update: RawHeaders): string[] {
  const renewed = fieldsOf(update);
  const known = varyNames(fieldsOf(stored));
  const addsVary = !varyNames(renewed)?.every((name) => known?.includes(name));
  const merged = [
    ...filterHeaders(stored, (name) => !renewed.has(name) || name === 'vary'),
    ...filterHeaders(update, (name) => name !== 'vary'),
  ];
  if (addsVary) addToVary(merged, fieldValues(update, 'vary'));
  return merged;
}
