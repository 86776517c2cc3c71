import { createHash } from 'node:crypto';
import type { CacheRequest } from './cache-request.js';

const DEFAULT_PORTS = { http: ':80', https: ':443' } as const;

/** The URL that answers belong to: authority normalised (RFC 3986 section 6.2.2.1), path and query byte for byte. */
export function urlOf({ scheme, host, target }: Pick<CacheRequest, 'scheme' | 'host' | 'target'>): string {
  const authority = host.toLowerCase();
  const port = DEFAULT_PORTS[scheme];
  return `${scheme}://${authority.endsWith(port) ? authority.slice(0, -port.length) : authority}${target}`;
}

/**
 * A URL's answers, or the share of them that a partition, and what a trusted peer claims, have. A URL has no space in
 * it, so neither can be written into a URL.
 */
export function primaryKey(url: string, partition: string | undefined, claims?: string): string {
  if (claims !== undefined) return `${partition ?? ''}@${claims} ${url}`;
  return partition === undefined ? url : `${partition} ${url}`;
}

const ACCEPT_ENCODING_LINE = '\naccept-encoding:';

/** @returns the canonical Accept-Encoding of the clients of a variant; undefined if the key does not name it */
export function acceptEncodingIn(key: string, primary: string): string | undefined {
  const at = key.indexOf(ACCEPT_ENCODING_LINE, primary.length);
  if (at < 0) return undefined;
  const begin = at + ACCEPT_ENCODING_LINE.length;
  return key.slice(begin, key.indexOf('\n', begin));
}

/** Longer variants are named by their digest. */
const MAX_PLAIN_VARIANT = 200;

/** One of the answers that vary. The line feed after a space is in no URL and in no partition. */
export const variantKey = (primary: string, variant: string): string =>
  `${primary} ` +
  `\n${variant.length <= MAX_PLAIN_VARIANT ? variant : createHash('sha256').update(variant).digest('base64url')}`;
