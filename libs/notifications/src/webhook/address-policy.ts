import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * IPv4 outside of the public internet (IANA special-purpose registry), including link-local with its metadata services.
 */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** IPv6 within 2000::/3 that is special, or leads to IPv4 through a relay: Teredo, 6to4, documentation. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const PUBLIC_V6 = '2000::/3';
/** Prefixes whose last 32 bits are an IPv4 address: mapped (RFC 4291) and NAT64 (RFC 6052). */
const EMBEDDING_V6 = ['::ffff:0:0/96', '64:ff9b::/96'];

/**
 * The addresses that webhooks may reach: public ones, and those that the operator allows. An address that contains an
 * IPv4 address (IPv4-mapped, NAT64) is checked as that.
 */
export class AddressPolicy {
  private readonly allowed: BlockList;
  private readonly special = listOf([...SPECIAL_V4, ...SPECIAL_V6]);
  private readonly publicV6 = listOf([PUBLIC_V6]);
  private readonly embedding = listOf(EMBEDDING_V6);

  /**
   * @param allowed addresses and CIDR blocks besides public ones.
   * @throws TypeError for anything else
   */
  constructor(allowed: readonly string[]) {
    this.allowed = listOf(allowed);
  }

  allows(address: string): boolean {
    const plain = this.unwrapped(address.split('%', 1)[0]!.toLowerCase());
    if (plain === undefined) return false;
    const family = familyOf(plain);
    if (this.allowed.check(plain, family)) return true;
    return !this.special.check(plain, family) && (family === 'ipv4' || this.publicV6.check(plain, family));
  }

  /** Returns the address to check; undefined for an invalid one. */
  private unwrapped(address: string): string | undefined {
    if (isIP(address) === 0) return undefined;
    if (isIPv4(address) || !this.embedding.check(address, 'ipv6')) return address;
    return embeddedIn(address);
  }
}

/** The last 32 bits in either notation: `::ffff:10.0.0.1` or `::ffff:a00:1`. */
function embeddedIn(address: string): string {
  const tail = address.slice(address.lastIndexOf(':') + 1);
  if (isIPv4(tail)) return tail;
  // The URL parser writes every IPv6 address in its shortest form, in hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');
