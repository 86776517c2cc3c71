import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Peers } from './peers.js';

const from = (remoteAddress: string | undefined, forwardedFor?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } }) as unknown as IncomingMessage;

const peers = new Peers(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', 'loopback']);

describe('Peers', () => {
  it.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['::ffff:10.0.0.1', true],
    ['::ffff:11.0.0.1', false],
    ['fd12::1', true],
    ['fe80::1', false],
    ['127.0.0.2', true],
    ['::1', true],
    [undefined, false],
  ])('trusts %s: %s', (address, isTrusted) => expect(peers.of(from(address)).isTrusted).toBe(isTrusted));

  it('trusts nobody unless told to', () => expect(new Peers([]).of(from('127.0.0.1')).isTrusted).toBe(false));

  it('decides once per connection', () => {
    const request = from('10.0.0.1');
    expect(peers.of(request)).toBe(peers.of({ ...request } as IncomingMessage));
  });

  it.each([
    ["the peer's own, whatever an untrusted one says", '11.0.0.1', '1.1.1.1', '11.0.0.1'],
    ['what a trusted one says', '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['the last that no trusted one vouches for', '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2, 192.0.2.7', '1.1.1.1'],
    ['the first when all are trusted', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
    ['the last good one before nonsense', '10.0.0.1', '1.1.1.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['the peer when it says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['without ports', '10.0.0.1', '1.1.1.1:5000', '1.1.1.1'],
    ['without brackets', '10.0.0.1', '[2001:db8::1]:5000', '2001:db8::1'],
    ['IPv6 as it is', '10.0.0.1', '2001:db8::1', '2001:db8::1'],
  ])("a client's address is %s", (_, address, forwardedFor, expected) =>
    expect(peers.clientAddress(from(address, forwardedFor))).toBe(expected),
  );
});
