import type { IncomingMessage } from 'node:http';
import { isHttp2 } from './http2-messages.js';

/**
 * Finds framing that Node's parser accepts but another server could delimit differently. Such a request must be
 * answered with 400, and its connection closed (RFC 9112 sections 2.3, 6.1 and 6.3).
 * @returns undefined if there is none
 */
export function framingViolation(request: IncomingMessage): string | undefined {
  if (isHttp2(request)) return undefined;
  const { httpVersionMajor: major, httpVersionMinor: minor, headers } = request;
  if (major !== 1 || minor > 1) return 'The HTTP version is neither 1.1 nor 1.0.';
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && minor === 0) return 'HTTP/1.0 does not allow Transfer-Encoding.';
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'Transfer-Encoding is not exactly "chunked".';
  if (headers['content-length']?.startsWith('0') && headers['content-length'] !== '0')
    return 'The Content-Length begins with a zero.';
  return undefined;
}
