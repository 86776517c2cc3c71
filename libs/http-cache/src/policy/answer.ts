import { filterHeaders, type RawHeaders } from '@slipstream/http';
import { parseByteRange } from '../fields/byte-range.js';
import { fieldsOf, type Fields } from '../fields/fields.js';
import { isConditional, isNotModified, rangeCounts } from './preconditions.js';
import type { ReadRequest } from './cache-request.js';
import { cacheStatusLine, type CacheStatus } from './cache-status.js';
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
  const answerFields = fieldsOf(stored.headers);
  if (isNotModified(fields, answerFields, now)) return { statusCode: 304, headers: headersOf304(stored.headers) };
  const range = fields.get('range');
  return range !== undefined && method === 'GET' && rangeCounts(fields, answerFields)
    ? ranged(stored, range)
    : whole(stored);
}

const whole = ({ statusCode, headers, body }: StoredResponse): Answer => ({
  statusCode,
  headers: headers.slice(),
  body,
});

function ranged(stored: StoredResponse, value: string): Answer {
  const { body } = stored;
  const range = parseByteRange(value, body.length);
  if (range === 'ignored') return whole(stored);
  if (range === 'unsatisfiable')
    return { statusCode: 416, headers: ['Content-Range', `bytes */${body.length}`, 'Content-Length', '0'] };
  const { first, last } = range;
  const part = body.subarray(first, last + 1);
  const headers = filterHeaders(stored.headers, (name) => name !== 'content-length' && name !== 'content-range');
  return {
    statusCode: 206,
    headers: [
      ...headers,
      'Content-Range',
      `bytes ${first}-${last}/${body.length}`,
      'Content-Length',
      String(part.length),
    ],
    body: part,
  };
}

/**
 * Fields that describe content, which a 304 does not have (RFC 9110 section 15.4.5). A 304 should have
 * Content-Location.
 */
const CONTENT_FIELDS: ReadonlySet<string> = new Set([
  'content-type',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-md5',
]);

export const headersOf304 = (headers: RawHeaders): string[] =>
  filterHeaders(headers, (name) => !CONTENT_FIELDS.has(name));

/** The client requested a stored answer or none, and none is stored (RFC 9111 section 5.2.1.7). */
export const gatewayTimeout = (): Answer => ({
  statusCode: 504,
  headers: ['Content-Length', '0', 'Cache-Status', cacheStatusLine({ type: 'refused', detail: 'only-if-cached' })],
});

/** Whether a new answer matches the one that the client already has. */
export const isKnownToClient = (request: Fields, statusCode: number, headers: RawHeaders, now: number): boolean =>
  statusCode === 200 && isConditional(request) && isNotModified(request, fieldsOf(headers), now);
