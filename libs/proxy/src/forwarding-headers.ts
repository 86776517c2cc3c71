import type { Peer } from '@slipstream/http';

/**
 * Where a request came from, for its backend: Forwarded (RFC 7239) and its older kin.
 * @param scheme as this connection, or a trusted peer, has it
 * @param claims what a trusted peer said of it, by name in lower case; empty for others. Chains go on, all else it said
 * stays. Of the two chains only what it used itself goes on: the other one would begin here, and tell another story.
 */
export function forwardingHeaders(
  { address }: Peer,
  host: string,
  scheme: 'http' | 'https',
  claims: ReadonlyMap<string, string>,
): string[] {
  const addresses = claims.get('x-forwarded-for');
  const elements = claims.get('forwarded');
  const isBegunHere = addresses === undefined && elements === undefined;
  const fields: string[] = [];
  if (isBegunHere || addresses !== undefined) fields.push('X-Forwarded-For', following(addresses, address));
  if (!claims.has('x-forwarded-proto')) fields.push('X-Forwarded-Proto', scheme);
  if (!claims.has('x-forwarded-host')) fields.push('X-Forwarded-Host', host);
  if (isBegunHere || elements !== undefined)
    fields.push('Forwarded', following(elements, `for=${node(address)};host=${JSON.stringify(host)};proto=${scheme}`));
  return fields;
}

const following = (chain: string | undefined, ours: string): string =>
  chain === undefined ? ours : `${chain}, ${ours}`;

/** A node identifier (RFC 7239 section 6): IPv6 addresses are bracketed and quoted. */
const node = (address: string): string => (address.includes(':') ? `"[${address}]"` : address);
