import { isIPv6 } from 'node:net';

/** 16-bit groups of a /64, the smallest network that a site is assigned (RFC 6177). */
const NETWORK_GROUPS = 4;

/**
 * The group to which an address counts in limits per client: an IPv4 address itself, or the /64 network of an IPv6
 * address, because one client may use all addresses of its network.
 */
export function addressGroup(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  const [before = '', after] = address.split('%', 1)[0]!.split('::');
  const groups = before === '' ? [] : before.split(':');
  const tail = after ? after.split(':') : [];
  while (after !== undefined && groups.length + tail.length < 8) groups.push('0');
  return `${[...groups, ...tail]
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
