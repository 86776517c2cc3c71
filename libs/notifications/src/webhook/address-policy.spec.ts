import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';

const closed = new AddressPolicy([]);

describe('AddressPolicy', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:a9fe:a9fe',
    '0:0:0:0:0:ffff:0a00:0001',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '64:ff9b::',
    '',
    'localhost',
  ])('refuses %s', (address) => expect(closed.allows(address)).toBe(false));

  it.each([
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.1.1',
    '223.255.255.255',
    '2606:4700::1111',
    '::ffff:1.1.1.1',
    '::ffff:101:101',
    '64:ff9b::1.1.1.1',
    '64:ff9b::101:101',
  ])('lets %s through', (address) => expect(closed.allows(address)).toBe(true));

  it('lets through what the operator allows, however it is written, and nothing beside it', () => {
    const policy = new AddressPolicy(['10.1.0.0/16', '::1', 'fd00::/8']);
    expect(
      ['10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '::1', 'fd12::1'].filter(
        (address) => !policy.allows(address),
      ),
    ).toEqual([]);
    expect(['10.2.0.1', '127.0.0.1', 'fe80::1', '::ffff:10.2.0.1'].filter((address) => policy.allows(address))).toEqual(
      [],
    );
  });
});
