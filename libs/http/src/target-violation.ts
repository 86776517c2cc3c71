import type { IncomingMessage } from 'node:http';

/** Scheme and authority of the absolute form (RFC 9112 section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]+)/i;

/**
 * Finds a violation in the target of a request, for a 400 answer. The authority of an absolute target outweighs Host
 * (RFC 9112 section 3.2.2), but some servers ignore that rule. If the two differ, two servers would see two different
 * requests.
 * @returns undefined if there is none
 */
export function targetViolation({ url = '', method, headers }: IncomingMessage): string | undefined {
  if (url.includes('#')) return 'The target has a fragment (#), which clients must not send.';
  if (url.startsWith('/')) return undefined;
  if (url === '*') return method === 'OPTIONS' ? undefined : 'The target is *, which is for OPTIONS only.';
  const authority = ABSOLUTE.exec(url)?.[1];
  if (authority === undefined) return 'The target is neither a path nor an http URL.';
  return authority.toLowerCase() === headers.host?.toLowerCase()
    ? undefined
    : 'The target names another host than Host does.';
}
