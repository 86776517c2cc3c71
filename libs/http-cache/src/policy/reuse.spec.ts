import { describe, expect, it } from 'vitest';
import { responseOf } from '../testing/records.js';
import { requestOf } from '../testing/requests.js';
import type { CacheRequest } from './cache-request.js';
import { mayServeStaleIfError, reuseOf } from './reuse.js';
import type { StoredResponse } from './stored-response.js';

const NOW = Date.UTC(2026, 10, 21);
/** Ten seconds old, fresh for fifty more, then usable while it is renewed for ten. */
const base = responseOf({
  answeredAt: NOW - 10_000,
  freshUntil: NOW + 50_000,
  staleWhileRevalidateUntil: NOW + 60_000,
  staleIfErrorUntil: NOW + 70_000,
});
const reuse = (
  headers: Record<string, string> = {},
  afterMs = 0,
  stored: Partial<StoredResponse> = {},
  over: Partial<CacheRequest> = {},
) => reuseOf({ ...base, ...stored }, requestOf(headers, over), NOW + afterMs);

describe('by its age (RFC 9111 section 4.2, RFC 5861 section 3)', () => {
  it.each([
    [0, 'fresh'],
    [49_999, 'fresh'],
    [50_000, 'stale'],
    [59_999, 'stale'],
    [60_000, 'validate'],
  ])('%d ms later it is %s', (afterMs, expected) => expect(reuse({}, afterMs)).toBe(expected));

  it('is always validated by no-cache', () =>
    expect([
      reuse({}, 0, { needsValidation: true }),
      reuse({ 'cache-control': 'max-stale' }, 55_000, { needsValidation: true }),
    ]).toEqual(['validate', 'validate']));
});

describe('by what the client says (section 5.2.1)', () => {
  it.each([
    ['no-cache', 'validate'],
    ['max-age=10', 'validate'],
    ['max-age=11', 'fresh'],
    ['max-age=0', 'validate'],
    ['min-fresh=50', 'fresh'],
    ['min-fresh=51', 'validate'],
    ['no-store', 'fresh'], // section 5.2.1.5 is about storing
  ])('%s: %s', (value, expected) => expect(reuse({ 'cache-control': value })).toBe(expected));

  it.each([
    ['max-stale', 70_000, 'fresh'],
    ['max-stale=20', 70_000, 'fresh'],
    ['max-stale=20', 70_001, 'validate'],
    ['max-stale=x', 70_000, 'validate'],
  ])('%s, %d ms later: %s', (value, afterMs, expected) =>
    expect(reuse({ 'cache-control': value }, afterMs)).toBe(expected),
  );

  it('grants no max-stale against must-revalidate', () =>
    expect(reuse({ 'cache-control': 'max-stale' }, 70_000, { mayBeStale: false })).toBe('validate'));

  it('hears Pragma only where Cache-Control says nothing (section 5.4)', () => {
    expect([
      reuse({ pragma: 'x, No-Cache' }),
      reuse({ pragma: 'no-cache', 'cache-control': 'max-age=60' }),
      reuse({ pragma: 'no-cacheable' }),
    ]).toEqual(['validate', 'fresh', 'fresh']);
  });
});

describe('by whom it is for (section 3.5)', () => {
  const forNobody = { allowsCookie: false, allowsAuthorization: false };

  it.each([
    [{ cookie: 'a' }, forNobody, 'unusable'],
    [{ authorization: 'a' }, forNobody, 'unusable'],
    [{}, forNobody, 'fresh'],
    [{ authorization: 'a' }, { allowsCookie: false }, 'fresh'],
    [{ authorization: 'a', cookie: 'a' }, { allowsCookie: false }, 'unusable'],
  ] as const)('%j, stored with %j: %s', (headers, stored, expected) =>
    expect(reuse(headers, 0, stored)).toBe(expected),
  );

  it('is for everybody by a public rule', () =>
    expect(reuse({ cookie: 'a' }, 0, forNobody, { rule: { scope: 'public' } })).toBe('fresh'));
});

describe('in place of an error', () => {
  const standsIn = (afterMs: number, isReachable: boolean, stored: Partial<StoredResponse> = {}) =>
    mayServeStaleIfError({ ...base, ...stored }, { isReachable, unreachableGraceMs: 40_000, now: NOW + afterMs });

  it('stands in for as long as stale-if-error says (RFC 5861 section 4)', () =>
    expect([standsIn(69_999, true), standsIn(70_000, true)]).toEqual([true, false]));
  it('stands in a while longer where the origin can’t be reached (RFC 9111 section 4.2.4)', () => {
    expect([
      standsIn(89_999, false),
      standsIn(90_000, false),
      standsIn(89_999, false, { mayBeStale: false }),
      standsIn(0, false, { needsValidation: true }),
    ]).toEqual([true, false, false, false]);
  });
});
