/** A backend's 101 that does not accept the WebSocket handshake. */
export class WrongProtocolError extends Error {}

const REFUSED_HERE: ReadonlySet<string> = new Set([
  'http1_request_invalid',
  'http1_body_failed',
  'request_not_forwardable',
]);
const CLOSED: ReadonlySet<string> = new Set(['http1_closed', 'http1_truncated']);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Whether the request itself can't be sent, or not to its end. That is a failure of the client, not of a backend. */
export const isRefusedHere = (error: unknown): boolean => REFUSED_HERE.has(codeOf(error));

/** Whether no connection could be made, for a reason other than a timeout. */
export const isUnreachable = (error: unknown): boolean =>
  codeOf(error) !== 'http1_connect_timeout' && !isRefusedHere(error);

/** Whether the connection ended before the head of an answer. A try that ended later does not count as failed. */
export const isClosed = (error: unknown): boolean => CLOSED.has(codeOf(error));

/** Whether the backend received the request and began no answer in time. */
export const isHeadersTimeout = (error: unknown): boolean => codeOf(error) === 'http1_headers_timeout';
