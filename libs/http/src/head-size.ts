import type { RawHeaders } from './end-to-end-headers.js';

/**
 * Largest head of a request: target, names and values. Node's parser counts the same bytes of an HTTP/1.1 head.
 * HTTP/2's own measure adds 32 bytes per field (RFC 9113 section 6.5.2), which would refuse heads that HTTP/1.1
 * accepts.
 */
export const MAX_HEAD_BYTES = 32 * 1024;

/**
 * Largest number of field lines in a head. A browser may send every cookie in its own line (RFC 9113 section 8.2.3).
 */
export const MAX_HEAD_FIELDS = 1024;

/**
 * Whether fields exceed the limits of a head. Only lengths are read: an HTTP/2 request may refer to one value many
 * times (RFC 7541 section 6.1), and only copies would use the memory of all references.
 */
export function isTooLarge(rawHeaders: RawHeaders): boolean {
  if (rawHeaders.length > 2 * MAX_HEAD_FIELDS) return true;
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length;
  return bytes > MAX_HEAD_BYTES;
}
