import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { endToEndHeaders, filterHeaders, type RawHeaders } from './end-to-end-headers.js';

/**
 * Begins an answer with these fields, repetitions and order kept. What means one connection only is left out over
 * HTTP/2, where it would make the answer malformed (RFC 9113 section 8.2.2).
 *
 * @throws Error when the status or a field can't be sent (illegal characters); nothing has been sent then, and another
 * head may be
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
 * Never with content (RFC 9110 sections 15.3.5 and 15.3.6), so a length that says otherwise makes the answer malformed
 * (RFC 9113 section 8.1.1).
 */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205]);

function http2Headers(statusCode: number, rawHeaders: RawHeaders): string[] {
  const headers = endToEndHeaders(rawHeaders);
  return WITHOUT_CONTENT.has(statusCode) ? filterHeaders(headers, (name) => name !== 'content-length') : headers;
}
