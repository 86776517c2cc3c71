import type { RawHeaders } from './end-to-end-headers.js';

/**
 * Largest head of a request: target, names and values. Node's parser counts the same bytes of an HTTP/1.1 head.
 * HTTP/2's own measure adds 32 bytes a field (RFC 9113 section 6.5.2), which would refuse a head that HTTP/1.1 takes.
 */
export const MAX_HEAD_BYTES = 32 * 1024;

/** Most fields of a head, as they are sent: a browser may send every cookie by itself (RFC 9113 section 8.2.3). */
export const MAX_HEAD_FIELDS = 1024;

/**
 * Whether fields are more than a head may hold. Only lengths are read: the fields of an HTTP/2 request may refer to one
 * value many times (RFC 7541 section 6.1), and only a copy of them would take the memory that they seem to take.
 */
export function isTooLarge(rawHeaders: RawHeaders): boolean {
  if (rawHeaders.length > 2 * MAX_HEAD_FIELDS) return true;
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length;
  return bytes > MAX_HEAD_BYTES;
}
