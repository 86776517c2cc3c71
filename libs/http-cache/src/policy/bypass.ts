import { requiresOrigin, type ReadRequest } from './cache-request.js';
import type { ForwardReason } from './cache-status.js';

/**
 * Characters of a URI (RFC 3986 section 2), and those that browsers do not encode. A space is not among them, because
 * it separates parts of keys.
 */
const isPlain = (text: string): boolean => !text.includes(' ') && !text.includes('\t');

/** @returns the reason for which the request bypasses the cache; undefined if it does not */
export function bypassReason(request: ReadRequest): ForwardReason | undefined {
  const { method, rule, fields, original } = request;
  if (rule?.scope === 'never') return 'bypass';
  if (method !== 'GET' && method !== 'HEAD') return 'method';
  if (!isPlain(original.target) || !isPlain(original.host)) return 'bypass';
  return original.hasContent || requiresOrigin(fields) ? 'request' : undefined;
}
