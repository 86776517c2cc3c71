import type { ErrorEntry } from './error-entry.js';

/** Requests that are refused before a handler runs: malformed, too large, or for another host. */
export const REQUEST_ERRORS = {
  bad_request: { status: 400, message: 'The server refused the request; correct it.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP; the connection is closed.' },
  invalid_framing: {
    status: 400,
    message: 'The end of the request is ambiguous; send either Content-Length or Transfer-Encoding.',
  },
  invalid_host: { status: 400, message: 'The Host field is missing or malformed; send one name or address.' },
  invalid_target: { status: 400, message: 'The target is neither a path nor a URL of this host; correct it.' },
  invalid_url: { status: 400, message: 'The path is not a valid URL path; check its percent escapes.' },
  invalid_content_length: {
    status: 400,
    message: 'The length of the request body differs from Content-Length; correct it.',
  },
  invalid_json: { status: 400, message: 'The request body is not valid JSON; send application/json.' },
  invalid_request: { status: 400, message: 'The request is not valid; errors lists each invalid field.' },
  body_incomplete: {
    status: 400,
    message: 'The connection ended before the end of the request body; send the request again.',
  },
  key_in_url: {
    status: 400,
    message: 'The URL contains a Slipstream key; send the key in Authorization, and replace it.',
  },
  no_websocket: { status: 400, message: 'This path does not serve WebSockets.' },
  request_not_forwardable: { status: 400, message: 'The request is not safe to forward to a backend; correct it.' },
  route_not_found: { status: 404, message: 'No route matches this path.' },
  unknown_url: { status: 404, message: 'No route of /v1 matches this path.' },
  method_not_allowed: { status: 405, message: 'The path does not allow this method; Allow lists the allowed methods.' },
  request_timeout: { status: 408, message: 'The request did not arrive in time; send it again.', isRetryable: true },
  body_too_large: {
    status: 413,
    message: 'The request body is larger than listen.maxBodyBytes; send a smaller one.',
  },
  chunk_extensions_too_large: {
    status: 413,
    message: 'The chunk extensions of the request are too large; send none.',
  },
  url_too_long: { status: 414, message: 'A segment of the path is too long; shorten it.' },
  unsupported_media_type: { status: 415, message: 'Send the request body as application/json.' },
  expectation_failed: { status: 417, message: 'The only supported expectation is 100-continue.' },
  host_not_allowed: {
    status: 421,
    message: 'The listener does not accept this Host. To accept it, add its name to allowedHosts of the listener.',
  },
  headers_too_large: {
    status: 431,
    message: 'The header fields of the request are too large; clear the cookies of this site, or send fewer fields.',
  },
  method_unknown: { status: 501, message: 'The method of the request is unknown.' },
  too_many_connections: {
    status: 503,
    message: 'Too many connections are open; close some, or try again later.',
    isRetryable: true,
  },
  too_many_large_requests: {
    status: 503,
    message:
      'Too many large requests are under way; try again. To allow more, raise memory.maxBytes or start more gateways.',
    isRetryable: true,
  },
  request_loop: {
    status: 508,
    message: 'The request returned to this gateway, because the URL of a backend leads back to it. Correct that URL.',
  },
} as const satisfies Record<string, ErrorEntry>;
