import type { RawHeaders } from '@slipstream/http';
import { fieldsOf, type Fields } from '../fields/fields.js';
import { isConditional, isNotModified } from './preconditions.js';
import type { ReadRequest } from './cache-request.js';
import { isRecoded, withOriginTag } from './recoded.js';
import { cacheStatusLine, type CacheStatus } from './cache-status.js';
import { partOf } from './selected-part.js';
import { currentAgeSeconds, type StoredResponse } from './stored-response.js';

/** A whole answer, ready to be sent to the client. */
export interface Answer {
  readonly statusCode: number;
  /** End-to-end, flat. */
  readonly headers: string[];
  /** Absent: none is sent (304, and any answer to HEAD). */
  readonly body?: Buffer;
}

/**
 * Answers a request from the store with Age and Cache-Status: whole, as 304, as a range, or only its head (RFC 9111
 * section 4).
 */
export function answerFrom(stored: StoredResponse, request: ReadRequest, status: CacheStatus, now: number): Answer {
  const own = ['Age', String(currentAgeSeconds(stored, now)), 'Cache-Status', cacheStatusLine(status)];
  const answer =
    stored.statusCode === 200 && requestsPart(request.fields) ? selected(stored, request, now) : whole(stored);
  answer.headers.push(...own);
  return request.method === 'HEAD' ? { ...answer, body: undefined } : answer;
}

const requestsPart = (fields: Fields): boolean =>
  fields.has('if-none-match') || fields.has('if-modified-since') || fields.has('range');

function selected(stored: StoredResponse, { method, fields }: ReadRequest, now: number): Answer {
  const { body } = stored;
  const { statusCode, headers, range } = partOf(method, fields, fieldsFor(stored, fields), body.length, now);
  return { statusCode, headers, body: range && body.subarray(range.first, range.last + 1) };
}

/** A client that got the answer as it arrived has the origin's tag, and gets this tag again. */
function fieldsFor({ headers, originTag }: StoredResponse, fields: Fields): RawHeaders {
  if (originTag === undefined) return headers;
  const isNamed = [fields.get('if-none-match'), fields.get('if-range')].some((tags) => tags?.includes(originTag));
  if (!isNamed || isRecoded(fieldsOf(headers).get('etag'))) return headers;
  return withOriginTag({ headers, originTag });
}

const whole = ({ statusCode, headers, body }: StoredResponse): Answer => ({
  statusCode,
  headers: headers.slice(),
  body,
});

/** The client requested a stored answer or none, and none is stored (RFC 9111 section 5.2.1.7). */
export const gatewayTimeout = (): Answer => ({
  statusCode: 504,
  headers: ['Content-Length', '0', 'Cache-Status', cacheStatusLine({ type: 'refused', detail: 'only-if-cached' })],
});

/** Whether a new answer matches the one that the client already has. */
export const isKnownToClient = (request: Fields, statusCode: number, headers: RawHeaders, now: number): boolean =>
  statusCode === 200 && isConditional(request) && isNotModified(request, fieldsOf(headers), now);
