import { METHODS, type IncomingMessage } from 'node:http';

/** The methods that HTTP/1.1's parser accepts. CONNECT has an event of its own. */
const KNOWN: ReadonlySet<string> = new Set(METHODS);

/**
 * For Allow (RFC 9110 section 10.2.1). Other methods are forwarded to the web application, which accepts or refuses
 * them.
 */
export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** @returns the reason for a 405 answer to this method; undefined if it is allowed */
export const forbiddenMethod = ({ method }: IncomingMessage): string | undefined =>
  method === 'TRACE'
    ? 'TRACE is not supported, because it would reveal header fields, credentials included, to a page that ' +
      'must not read them.'
    : undefined;

/** @returns the reason for a 501 answer to this method, in HTTP/2 as in HTTP/1.1; undefined if it is known */
export const unknownMethod = ({ method = '' }: IncomingMessage): string | undefined =>
  KNOWN.has(method) ? undefined : 'The method of the request is unknown.';
