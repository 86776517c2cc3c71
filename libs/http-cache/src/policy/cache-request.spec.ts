import { describe, expect, it, vi } from 'vitest';
import { requestOf } from '../testing/requests.js';
import { requiresOrigin, isPersonal, isSafe, ReadRequest } from './cache-request.js';

it('knows the methods that change nothing (RFC 9110 section 9.2.1)', () => {
  expect(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'DELETE', 'PATCH', 'get', 'M-SEARCH'].map(isSafe)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it.each([
  [{ cookie: 'a' }, undefined, undefined, true],
  [{ authorization: 'a' }, undefined, undefined, true],
  [{ accept: 'a' }, undefined, undefined, false],
  [{ cookie: 'a' }, 'public', undefined, false],
  [{ cookie: 'a' }, 'private', 'ada', false],
  [{ cookie: 'a' }, 'private', undefined, true],
  [{ cookie: 'a' }, undefined, 'ada', true], // a partition counts with a private rule only
] as const)(
  'takes an answer to %o for somebody’s own with rule %s and partition %s: %s',
  (headers, scope, partition, isOwn) => {
    expect(isPersonal(requestOf(headers, { rule: scope && { scope }, partition }))).toBe(isOwn);
  },
);

it('leaves preconditions about the origin’s state to the origin (RFC 9111 section 4.3.2)', () => {
  expect(
    ['if-match', 'if-unmodified-since', 'if-none-match'].map((name) =>
      requiresOrigin(requestOf({ [name]: 'x' }).fields),
    ),
  ).toEqual([true, true, false]);
});

describe('what Vary selects by', () => {
  const forwardedHeaders = vi.fn(() => ['X-User', 'from the proxy', 'Accept', 'as forwarded']);
  const read = (...headers: string[]) =>
    new ReadRequest({
      method: 'GET',
      scheme: 'http',
      host: 'h',
      target: '/',
      headers,
      forwardedHeaders,
      hasContent: false,
    });

  it('is what the origin gets, asked for once', () => {
    forwardedHeaders.mockClear();
    const request = read('X-User', 'made up');
    expect([request.selecting('x-user'), request.selecting('x-other'), request.forwardedHeaders[0]]).toEqual([
      'from the proxy',
      undefined,
      'X-User',
    ]);
    expect(forwardedHeaders).toHaveBeenCalledOnce();
  });

  it('is what the client sent where that travels as it came, unless Connection may name it', () => {
    expect([
      read('accept', 'sent').selecting('accept'),
      read('accept', 'sent', 'connection', 'keep-alive').selecting('accept'),
    ]).toEqual(['sent', 'sent']);
    expect(read('accept', 'sent', 'connection', 'close, accept').selecting('accept')).toBe('as forwarded');
  });
});
