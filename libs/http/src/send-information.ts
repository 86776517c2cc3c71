import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { RawHeaders } from './end-to-end-headers.js';

/**
 * Sends an informational answer (RFC 9110 section 15.2) before the final one: not to a client of HTTP/1.0, which would
 * take it for that, nor once the final one has begun. One with fields that the client's protocol can't carry is left
 * out: nothing depends on it.
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
    // The final answer comes all the same.
  }
}

/** HTTP/2's names are in lower case, and Node takes repeated ones as lists. */
function byName(rawHeaders: RawHeaders): OutgoingHttpHeaders {
  const fields = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), rawHeaders[i + 1] as string]);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}
