import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

/** Whether content comes with a request (RFC 9112 section 6.3). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/**
 * The body of a request for a backend's connection to read; null when there is none. Such a connection destroys what it
 * reads from when it breaks, or when the backend answers before the end. Given the client's own stream, it would take the
 * client's connection down, and the answer with it.
 */
export const uploadOf = (request: IncomingMessage): Readable | null =>
  hasBody(request) ? request.pipe(new PassThrough()).on('error', () => {}) : null; // the exchange tells of the error
