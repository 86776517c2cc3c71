/** A backend's 101 is no agreement to the WebSocket handshake that it was asked for. */
export class WrongProtocolError extends Error {}

const REFUSED_HERE: ReadonlySet<string> = new Set([
  'http1_request_invalid',
  'http1_body_failed',
  'request_not_forwardable',
]);
const CLOSED: ReadonlySet<string> = new Set(['http1_closed', 'http1_truncated']);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Whether the request can't be sent, or not to its end: the client's fault, no backend's. */
export const isRefusedHere = (error: unknown): boolean => REFUSED_HERE.has(codeOf(error));

/** Whether no connection could be made because nothing is there to make it with, rather than for want of time. */
export const isUnreachable = (error: unknown): boolean =>
  codeOf(error) !== 'http1_connect_timeout' && !isRefusedHere(error);

/**
 * Whether the connection ended before the head of an answer had come; a try that ended later is not reported as failed.
 */
export const isClosed = (error: unknown): boolean => CLOSED.has(codeOf(error));

/** Whether the backend took the request and began no answer in time. */
export const isHeadersTimeout = (error: unknown): boolean => codeOf(error) === 'http1_headers_timeout';
