import type { Peer } from '@slipstream/http';

/**
 * The origin of a request in the fields for its backend: Forwarded (RFC 7239) and its older equivalents.
 * @param scheme of this connection, or claimed by a trusted peer
 * @param claims of a trusted peer, by name in lower case; empty for other peers. Chains are continued, and all other
 *   claims stay. Of the two chains, only the one that the peer used is forwarded, because the other one would begin
 *   here and contradict it
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
