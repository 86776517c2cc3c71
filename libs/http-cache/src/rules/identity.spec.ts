import { describe, expect, it } from 'vitest';
import { credentialsIn } from '../policy/credentials.js';
import { Identities, type IdentityOptions } from './identity.js';
import { unverifiedClaim } from './json-web-token.js';

const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
const identities = (options: Partial<IdentityOptions> = {}) =>
  new Identities({
    secret: 's',
    tokenCookies: ['token'],
    claim: 'id',
    ignoredCookies: ['slipstream_backend'],
    ...options,
  });
const identityOf = (headers: string[], sut = identities()) =>
  sut.of(credentialsIn(headers, { isTrusted: true, isIgnored: sut.isIgnored }));
const partitionOf = (...headers: string[]) => identityOf(headers).partition;

describe('a partition', () => {
  it.each([
    ['Authorization', 'Bearer a'],
    ['Cookie', 'token=a'],
    ['X-Api-Key', 'a'],
    ['X-OpenWebUI-User-Id', 'a'],
    ['X-Forwarded-User', 'a'],
    ['X-Forwarded-Email', 'a@x'],
    ['Remote-User', 'a'],
    ['X-Whatever-Nobody-Knows', 'a'],
  ])('is made by %s, differs with its value, and is the same for the same', (name, value) => {
    expect(partitionOf(name, value)).toMatch(/^[\w-]{43}$/);
    expect(partitionOf(name, value)).toBe(partitionOf(name.toLowerCase(), value));
    expect(partitionOf(name, `${value}b`)).not.toBe(partitionOf(name, value));
  });

  it.each([
    'Accept',
    'Accept-Language',
    'User-Agent',
    'Referer',
    'Host',
    'X-Forwarded-For',
    'X-Request-Id',
    'If-None-Match',
    'Range',
    'Sec-Fetch-Mode',
    'sec-ch-ua',
    'Traceparent',
    'Priority',
  ])('is not made by %s', (name) => {
    expect(partitionOf(name, 'x')).toBeUndefined();
    expect(partitionOf(name, 'x', 'Cookie', 'token=a')).toBe(partitionOf('Cookie', 'token=a'));
  });

  it('is not made by our own cookie, and not changed by it', () => {
    expect(partitionOf('Cookie', 'slipstream_backend=abc')).toBeUndefined();
    expect(partitionOf('Cookie', 'slipstream_backend=abc; token=a')).toBe(partitionOf('Cookie', 'token=a'));
  });

  it('cannot be written by moving a value from one field to another', () => {
    expect(partitionOf('X-A', 'b; x-c:d')).not.toBe(partitionOf('X-A', 'b', 'X-C', 'd'));
    expect(partitionOf('X-A', 'b', 'X-C', 'd')).not.toBe(partitionOf('X-A', 'd', 'X-C', 'b'));
    expect(partitionOf('Authorization', 'a', 'Cookie', 'token=b')).not.toBe(
      partitionOf('Authorization', 'b', 'Cookie', 'token=a'),
    );
  });

  it('is another one with another secret', () =>
    expect(identityOf(['Cookie', 'token=a'], identities({ secret: 't' })).partition).not.toBe(
      partitionOf('Cookie', 'token=a'),
    ));
});

describe('a user', () => {
  const usersOf = (...headers: string[]) => identityOf(headers).users;

  it.each([
    ['of a cookie', ['Cookie', `a=1; token=${token({ id: 'ada' })}; b=2`], ['ada']],
    ['of a quoted cookie', ['Cookie', `token="${token({ id: 'ada' })}"`], ['ada']],
    ['of a bearer token', ['authorization', `bearer  ${token({ id: 'ada' })}`], ['ada']],
    [
      'of two that disagree',
      ['Cookie', `token=${token({ id: 'ada' })}`, 'Authorization', `Bearer ${token({ id: 'eve' })}`],
      ['ada', 'eve'],
    ],
    [
      'of two that agree',
      ['Cookie', `token=${token({ id: 'ada' })}`, 'Authorization', `Bearer ${token({ id: 'ada' })}`],
      ['ada'],
    ],
    ['of an API key: nobody knows', ['Authorization', 'Bearer sk-123'], []],
    ['of another cookie', ['Cookie', `mytoken=${token({ id: 'ada' })}`], []],
  ])('%s', (_, headers, users) => expect([...usersOf(...headers)].sort()).toEqual(users));

  it('is told by the cookie that a sign-in sets', () =>
    expect(
      identities().givenBy(['Set-Cookie', 'x=1', 'set-cookie', `token=${token({ id: 'ada' })}; Path=/; HttpOnly`]),
    ).toEqual(['ada']));
});

describe('unverifiedClaim', () => {
  it.each([
    ['a.b', 'no token'],
    [`e30.${Buffer.from('not json').toString('base64url')}.x`, 'no JSON'],
    [token(null), 'nothing'],
    [token([1]), 'a list'],
    [token({}), 'no claim'],
    [token({ id: 1 }), 'a number'],
    [token({ id: 'a b' }), 'a text that is no part of a tag'],
    [token({ id: 'a,b' }), 'two tags in one'],
    [token({ id: 'x'.repeat(200) }), 'a long text'],
    [`e30.${'A'.repeat(9000)}.x`, 'a long token'],
  ])('finds nothing in %s: %s', (text) => expect(unverifiedClaim(text, 'id')).toBeUndefined());

  it('finds nothing that the claim inherits', () => expect(unverifiedClaim(token({}), 'constructor')).toBeUndefined());
});
