import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { RawHeaders } from './end-to-end-headers.js';

/**
 * Sends an informational answer (RFC 9110 section 15.2) before the final one. Does nothing for a client of HTTP/1.0,
 * which would read it as the final answer, or once the final one has begun. An answer whose fields the client's
 * protocol can't carry is dropped, because it is optional.
 *
 * @param rawHeaders flat, end-to-end
 */
export function sendInformation(response: ServerResponse, statusCode: number, rawHeaders: RawHeaders): void {
  if (response.headersSent || response.destroyed || response.req.httpVersion === '1.0') return;
  try {
    response.writeInformation(
      statusCode,
      response instanceof Http2ServerResponse ? byName(rawHeaders) : (rawHeaders as string[]),
    );
  } catch {
    // The final answer follows in any case.
  }
}

/** Names in HTTP/2 are in lower case, and Node expects repeated fields as arrays. */
function byName(rawHeaders: RawHeaders): OutgoingHttpHeaders {
  const fields = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), rawHeaders[i + 1] as string]);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}
