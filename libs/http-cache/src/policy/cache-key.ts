import { createHash } from 'node:crypto';
import type { CacheRequest } from './cache-request.js';

const DEFAULT_PORTS = { http: ':80', https: ':443' } as const;

/** The URL of answers: authority normalised (RFC 3986 section 6.2.2.1), path and query unchanged. */
export function urlOf({ scheme, host, target }: Pick<CacheRequest, 'scheme' | 'host' | 'target'>): string {
  const authority = host.toLowerCase();
  const port = DEFAULT_PORTS[scheme];
  return `${scheme}://${authority.endsWith(port) ? authority.slice(0, -port.length) : authority}${target}`;
}

/**
 * Key of a URL's answers, or of those of one partition and one set of claims of a trusted peer. Spaces separate the
 * parts, and a URL contains none.
 */
export function primaryKey(url: string, partition: string | undefined, claims?: string): string {
  if (claims !== undefined) return `${partition ?? ''}@${claims} ${url}`;
  return partition === undefined ? url : `${partition} ${url}`;
}

const ACCEPT_ENCODING_LINE = '\naccept-encoding:';

/** @returns the canonical Accept-Encoding of the clients of a variant; undefined if the key does not contain it */
export function acceptEncodingIn(key: string, primary: string): string | undefined {
  const at = key.indexOf(ACCEPT_ENCODING_LINE, primary.length);
  if (at < 0) return undefined;
  const begin = at + ACCEPT_ENCODING_LINE.length;
  return key.slice(begin, key.indexOf('\n', begin));
}

/** Longer variants are replaced by their digest. */
const MAX_PLAIN_VARIANT = 200;

/** Key of one variant. A line feed after a space occurs in no URL and in no partition. */
export const variantKey = (primary: string, variant: string): string =>
  `${primary} ` +
  `\n${variant.length <= MAX_PLAIN_VARIANT ? variant : createHash('sha256').update(variant).digest('base64url')}`;
