import { isIPv6 } from 'node:net';

/** 16-bit groups of a /64, the smallest network that a site is given (RFC 6177). */
const NETWORK_GROUPS = 4;

/**
 * Whom an address counts as where places are shared out: an IPv4 address as itself, an IPv6 address as its /64 network,
 * because one client may use every address of that.
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
