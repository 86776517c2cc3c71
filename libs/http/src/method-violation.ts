import { METHODS, type IncomingMessage } from 'node:http';

/** The methods that HTTP/1.1's parser reads. CONNECT never gets here: it has an event of its own. */
const KNOWN: ReadonlySet<string> = new Set(METHODS);

/**
 * For Allow (RFC 9110 section 10.2.1). Others are passed to the web application, which knows whether it serves them.
 */
export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** @returns why a request with this method must be answered with 405; undefined when it need not */
export const forbiddenMethod = ({ method }: IncomingMessage): string | undefined =>
  method === 'TRACE'
    ? 'TRACE is not supported, because it would reveal header fields, credentials included, to a page that ' +
      'must not read them.'
    : undefined;

/**
 * @returns why a request with this method must be answered with 501, in HTTP/2 as in HTTP/1.1; undefined when it need
 * not
 */
export const unknownMethod = ({ method = '' }: IncomingMessage): string | undefined =>
  KNOWN.has(method) ? undefined : 'The method of the request is unknown.';
