import { fieldValue, filterHeaders, type RawHeaders } from '@slipstream/http';
import { matchesStrongly, matchesWeakly } from '../fields/entity-tag.js';
import { fieldsOf, type Fields } from '../fields/fields.js';
import { parseHttpDate } from '../fields/http-date.js';
import { validatorOf, type Tagged } from './recoded.js';

/** Fields that make a request conditional or partial; the cache evaluates them itself. */
const CONDITIONS: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since', 'if-range', 'range']);

export const isConditional = (fields: Fields): boolean =>
  fields.has('if-none-match') || fields.has('if-modified-since');

/**
 * Whether the client already has this answer (RFC 9110 section 13.2.2). If-None-Match decides if present; otherwise
 * If-Modified-Since, against Last-Modified or, without one, Date (RFC 9111 section 4.3.2).
 *
 * @param answer the fields of a 200
 */
export function isNotModified(request: Fields, answer: Fields, now: number): boolean {
  const list = request.get('if-none-match');
  if (list !== undefined) return matchesWeakly(list, answer.get('etag') ?? '');
  const since = parseHttpDate(request.get('if-modified-since'), now);
  const modified = parseHttpDate(answer.get('last-modified') ?? answer.get('date'), now);
  return since !== undefined && modified !== undefined && modified <= since;
}

/** Whether If-Range, if present, allows a Range (RFC 9110 section 13.1.5). */
export function rangeCounts(request: Fields, answer: Fields): boolean {
  const condition = request.get('if-range')?.trim();
  if (condition === undefined) return true;
  if (condition.includes('"')) return matchesStrongly(condition, answer.get('etag') ?? '');
  return condition === answer.get('last-modified');
}

/** The client's request without its conditions, so that the answer is whole. */
export const unconditional = (headers: RawHeaders): string[] => filterHeaders(headers, (name) => !CONDITIONS.has(name));

/** A request that validates the stored answer (RFC 9111 section 4.3.1). */
export function validating(headers: RawHeaders, stored: Tagged): string[] {
  const request = unconditional(headers);
  const [etag, modified] = [validatorOf(stored), fieldValue(stored.headers, 'last-modified')];
  if (etag !== undefined) request.push('If-None-Match', etag);
  if (modified !== undefined) request.push('If-Modified-Since', modified);
  return request;
}

/**
 * Whether a 304 concerns this stored answer (RFC 9111 section 4.3.4): its validator equals the stored one. Without a
 * validator it concerns the validated answer.
 */
export function validatorsAgree(stored: Tagged, renewed: Fields): boolean {
  const before = fieldsOf(stored.headers);
  const [etag, modified] = [renewed.get('etag'), renewed.get('last-modified')];
  const known = validatorOf(stored);
  if (etag !== undefined && known !== undefined) return matchesWeakly(known, etag);
  return modified === undefined || !before.has('last-modified') || modified === before.get('last-modified');
}
