import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { isHttp2 } from './http2-messages.js';

/** The other end of a connection. */
export interface Peer {
  /** IPv4 addresses as such, never mapped to IPv6; `unknown` if the connection is closed already. */
  address: string;
  /** Whether its statements about the origin and the sender of a request are trusted. */
  isTrusted: boolean;
  isEncrypted: boolean;
  /** Name of its protocol in Via (RFC 9110 section 7.6.3). */
  httpVersion: '1.1' | '2.0';
}

/** Distinguishes trusted proxies from all other peers. Decided once per connection. */
export class Peers {
  private readonly trusted = new BlockList();
  private readonly known = new WeakMap<object, Peer>();

  /**
   * @param trusted addresses, CIDR blocks, or `loopback`
   * @param onUnlisted called for an untrusted peer whose first request on a connection has X-Forwarded-For
   * @throws TypeError for anything else in `trusted`
   */
  constructor(
    trusted: readonly string[],
    private readonly onUnlisted: (address: string) => void = () => {},
  ) {
    for (const entry of trusted.flatMap((text) => (text === 'loopback' ? ['127.0.0.0/8', '::1'] : [text])))
      this.trust(entry);
  }

  /** The other end of the connection of a request. */
  of(request: IncomingMessage): Peer {
    const connection: object = (isHttp2(request) ? request.stream.session : undefined) ?? request.socket;
    let peer = this.known.get(connection);
    if (!peer) this.known.set(connection, (peer = this.look(request)));
    return peer;
  }

  /**
   * The address from which a request was first sent: that of the peer or, if the peer is trusted, the last untrusted
   * address in X-Forwarded-For. Earlier entries have no trusted source.
   */
  clientAddress(request: IncomingMessage): string {
    let { address, isTrusted } = this.of(request);
    const hops = isTrusted ? (request.headers['x-forwarded-for']?.toString().split(',') ?? []) : [];
    while (isTrusted && hops.length > 0) {
      const hop = addressIn(hops.pop() as string);
      if (hop === undefined) break;
      address = hop;
      isTrusted = this.isTrusted(hop);
    }
    return address;
  }

  /** The other end of a connection that has not sent anything yet. */
  at(socket: Socket): Pick<Peer, 'address' | 'isTrusted'> {
    const address = unmapped(socket.remoteAddress ?? 'unknown');
    return { address, isTrusted: this.isTrusted(address) };
  }

  private look(request: IncomingMessage): Peer {
    const { socket, headers } = request;
    const peer = this.at(socket);
    if (!peer.isTrusted && headers['x-forwarded-for'] !== undefined) this.onUnlisted(peer.address);
    return {
      ...peer,
      isEncrypted: socket instanceof TLSSocket,
      httpVersion: isHttp2(request) ? '2.0' : '1.1',
    };
  }

  private isTrusted(address: string): boolean {
    return isIP(address) !== 0 && this.trusted.check(address, familyOf(address));
  }

  private trust(entry: string): void {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) this.trusted.addAddress(address, familyOf(address));
    else this.trusted.addSubnet(address, Number(bits), familyOf(address));
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** An entry of X-Forwarded-For without the port that some proxies add; undefined if it is not an address. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?)$/.exec(text) ?? [];
  const address = unmapped(bracketed ?? plain ?? text);
  return isIP(address) === 0 ? undefined : address;
}
