import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { endToEndHeaders, type RawHeaders } from './end-to-end-headers.js';

/**
 * Begins an answer with these fields, repetitions and order kept. What means one connection only is left out over HTTP/2,
 * where it would make the answer malformed (RFC 9113 section 8.2.2).
 *
 * @throws TypeError when a field can't be sent (illegal characters); nothing has been sent then
 */
export function sendHead(response: ServerResponse, statusCode: number, rawHeaders: RawHeaders): void {
  response.writeHead(statusCode, (response instanceof Http2ServerResponse ? endToEndHeaders(rawHeaders) : rawHeaders) as string[]);
}
