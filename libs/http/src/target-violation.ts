import type { IncomingMessage } from 'node:http';

/** Scheme and authority of the absolute form (RFC 9112 section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]+)/i;

/**
 * What is wrong with the target of a request, which must then be answered with 400. The absolute form's authority goes
 * before Host (RFC 9112 section 3.2.2), yet not everybody knows: where the two differ, two servers would see two
 * different requests.
 * @returns undefined when nothing is
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
