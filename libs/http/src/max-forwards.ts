import type { IncomingMessage } from 'node:http';

/** Larger numbers are ignored, because no request passes so many servers. */
const DIGITS = /^\d{1,9}$/;

/**
 * Decrements the Max-Forwards of an OPTIONS request, the only method here that has it (RFC 9110 section 7.6.2). A value
 * that is not a number is left unchanged.
 * @returns false if the value was 0: the request ends here, and must not be forwarded
 */
export function takeForward(request: IncomingMessage): boolean {
  if (request.method !== 'OPTIONS') return true;
  const given = request.headers['max-forwards'];
  if (typeof given !== 'string' || !DIGITS.test(given)) return true;
  if (Number(given) === 0) return false;
  const left = String(Number(given) - 1);
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === 'max-forwards') rawHeaders[i + 1] = left;
  request.headers['max-forwards'] = left;
  return true;
}
