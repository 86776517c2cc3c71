import { filterHeaders, type RawHeaders } from '@slipstream/http';
import { parseByteRange, type ByteRange } from '../fields/byte-range.js';
import { fieldsOf, type Fields } from '../fields/fields.js';
import { isNotModified, rangeCounts } from './preconditions.js';

/** The part of a whole file that a client gets: all, a range, or only the head. */
export interface SelectedPart {
  readonly statusCode: number;
  readonly headers: string[];
  /** Absent: no body is sent. */
  readonly range?: ByteRange;
}

/**
 * Answers conditions and Range of a request for a file (RFC 9110 sections 13 and 14).
 *
 * @param headers of the whole file, without Content-Length
 */
export function selectPart(method: string, request: RawHeaders, headers: RawHeaders, bytes: number): SelectedPart {
  return partOf(method, fieldsOf(request), headers, bytes, Date.now());
}

/** See {@link selectPart}. @param now in ms since the epoch */
export function partOf(method: string, fields: Fields, headers: RawHeaders, bytes: number, now: number): SelectedPart {
  const own = fieldsOf(headers);
  if (isNotModified(fields, own, now)) return { statusCode: 304, headers: headersOf304(headers) };
  const value = fields.get('range');
  const counts = value !== undefined && method === 'GET' && rangeCounts(fields, own);
  const range = counts ? parseByteRange(value, bytes) : 'ignored';
  if (range === 'unsatisfiable')
    return { statusCode: 416, headers: ['Content-Range', `bytes */${bytes}`, 'Content-Length', '0'] };
  const kept = filterHeaders(headers, (name) => name !== 'content-length' && name !== 'content-range');
  if (range === 'ignored')
    return {
      statusCode: 200,
      headers: [...kept, 'Content-Length', String(bytes)],
      range: { first: 0, last: bytes - 1 },
    };
  const { first, last } = range;
  return {
    statusCode: 206,
    headers: [...kept, 'Content-Range', `bytes ${first}-${last}/${bytes}`, 'Content-Length', String(last - first + 1)],
    range,
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
