import { requiresOrigin, type ReadRequest } from './cache-request.js';
import type { ForwardReason } from './cache-status.js';

/**
 * A URI's own characters (RFC 3986 section 2), and those that browsers leave as they are; no space among them, which
 * parts keys.
 */
const isPlain = (text: string): boolean => !text.includes(' ') && !text.includes('\t');

/** @returns why the cache has nothing to do with this request; undefined when it has */
export function bypassReason(request: ReadRequest): ForwardReason | undefined {
  const { method, rule, fields, original } = request;
  if (rule?.scope === 'never') return 'bypass';
  if (method !== 'GET' && method !== 'HEAD') return 'method';
  if (!isPlain(original.target) || !isPlain(original.host)) return 'bypass';
  return original.hasContent || requiresOrigin(fields) ? 'request' : undefined;
}
