import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { endToEndHeaders, filterHeaders, type RawHeaders } from './end-to-end-headers.js';

/**
 * Begins an answer with these fields, including repetitions, in their order. Over HTTP/2, fields for one connection are
 * dropped, because they would make the answer malformed (RFC 9113 section 8.2.2).
 *
 * @throws Error if the status or a field can't be sent (illegal characters). Nothing was sent then, and another head
 *   may follow
 */
export function sendHead(response: ServerResponse, statusCode: number, rawHeaders: RawHeaders): void {
  if (!(response instanceof Http2ServerResponse)) return void response.writeHead(statusCode, rawHeaders as string[]);
  try {
    response.writeHead(statusCode, http2Headers(statusCode, rawHeaders));
  } catch (error) {
    // or they would go out with the next head
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    throw error;
  }
}

/**
 * Statuses without content (RFC 9110 sections 15.3.5 and 15.3.6). A Content-Length would make such an answer malformed
 * (RFC 9113 section 8.1.1).
 */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205]);

function http2Headers(statusCode: number, rawHeaders: RawHeaders): string[] {
  const headers = endToEndHeaders(rawHeaders);
  return WITHOUT_CONTENT.has(statusCode) ? filterHeaders(headers, (name) => name !== 'content-length') : headers;
}
