import type { IncomingMessage } from 'node:http';
import { isHttp2 } from './http2-messages.js';

/**
 * Whether a request has content: by its fields (RFC 9112 section 6.3) or, in HTTP/2, because the stream stays open (RFC
 * 9113 section 8.1).
 */
export const hasBody = (request: IncomingMessage): boolean =>
  isHttp2(request) ? !request.stream.endAfterHeaders : isAnnounced(request);

const isAnnounced = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');
