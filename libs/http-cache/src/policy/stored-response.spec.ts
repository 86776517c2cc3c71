import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { responseDirectives } from './response-directives.js';
import { currentAgeSeconds, isFresh, reusabilityOf, storableHeaders, storedResponse } from './stored-response.js';

const NOW = Date.UTC(2026, 10, 21);
const read = (headers: string[], rule?: CacheRule, statusCode = 200) => {
  const fields = fieldsOf(headers);
  return reusabilityOf(
    { statusCode, fields, directives: responseDirectives(fields) },
    { requestedAt: NOW, answeredAt: NOW },
    rule,
  );
};

describe('reusability', () => {
  it('ends with the lifetime, less the age it came with (RFC 9111 section 4.2)', () => {
    const reusability = read(['Cache-Control', 'max-age=60', 'Age', '10']);
    expect([isFresh(reusability, NOW + 49_999), isFresh(reusability, NOW + 50_000)]).toEqual([true, false]);
    expect(currentAgeSeconds(reusability, NOW + 5_900)).toBe(15);
  });

  it('goes on stale for as long as the answer says (RFC 5861)', () => {
    expect(read(['Cache-Control', 'max-age=60, stale-while-revalidate=10, stale-if-error=20'])).toMatchObject({
      staleWhileRevalidateUntil: NOW + 70_000,
      staleIfErrorUntil: NOW + 80_000,
      mayBeStale: true,
    });
  });

  it.each(['must-revalidate', 'proxy-revalidate', 'no-cache'])(
    'never goes on stale against %s (RFC 9111 sections 5.2.2.2, 5.2.2.8 and 5.2.2.4)',
    (directive) => {
      const answer = `max-age=60, stale-while-revalidate=10, stale-if-error=20, ${directive}`;
      expect(read(['Cache-Control', answer])).toMatchObject({
        staleWhileRevalidateUntil: NOW + 60_000,
        staleIfErrorUntil: NOW + 60_000,
        mayBeStale: false,
        needsValidation: directive === 'no-cache',
      });
    },
  );

  it('never goes on stale where nothing says how long it is fresh', () => {
    expect(
      [read(['ETag', '"1"']), read(['Expires', '0']), read(['ETag', '"1"'], { scope: 'private', ttlMs: 5_000 })].map(
        ({ mayBeStale }) => mayBeStale,
      ),
    ).toEqual([false, true, true]);
  });

  it('takes s-maxage for proxy-revalidate where the origin can’t be reached (section 5.2.2.10)', () =>
    expect(read(['Cache-Control', 's-maxage=60']).mayBeStale).toBe(false));

  it.each([
    ['max-age=60', false, false],
    ['max-age=60, must-revalidate', false, true],
    ['max-age=60, public', true, true],
    ['s-maxage=60', true, true],
  ])(
    'is for who presents credentials by %s (section 3.5): cookie %s, authorization %s',
    (answer, allowsCookie, allowsAuthorization) =>
      expect(read(['Cache-Control', answer])).toMatchObject({ allowsCookie, allowsAuthorization }),
  );

  it('is what a rule says, of a success', () => {
    const rule: CacheRule = { scope: 'public', ttlMs: 5_000, staleWhileRevalidateMs: 1_000, staleIfErrorMs: 2_000 };
    const expected = {
      freshUntil: NOW + 5_000,
      staleWhileRevalidateUntil: NOW + 6_000,
      staleIfErrorUntil: NOW + 7_000,
      allowsCookie: true,
      needsValidation: false,
    };
    expect(read(['Cache-Control', 'no-cache'], rule)).toMatchObject(expected);
    // the backend's clock may be wrong
    expect(read(['Date', new Date(NOW - 60_000).toUTCString()], rule)).toMatchObject(expected);
    expect(read(['Age', '4'], rule).freshUntil).toBe(NOW + 1_000);
    for (const statusCode of [302, 401, 404, 500]) expect(read([], rule, statusCode).freshUntil).toBe(NOW);
  });
});

describe('what is stored', () => {
  const stored = (headers: string[]) => storableHeaders(headers, responseDirectives(fieldsOf(headers)));

  it('leaves out what is another request’s, or not for a shared store (RFC 9111 section 3.1)', () => {
    expect(
      stored([
        'Age',
        '1',
        'Content-Length',
        '9',
        'Proxy-Authentication-Info',
        'x',
        'X-A',
        '1',
        'X-B',
        '2',
        'Cache-Control',
        'private="x-a"',
      ]),
    ).toEqual(['X-B', '2', 'Cache-Control', 'private="x-a"']);
  });

  it('is ready to be sent: with the body’s length, and a Date (RFC 9110 section 6.6.1)', () => {
    const reusability = read(['Cache-Control', 'max-age=60']);
    expect(storedResponse(200, ['X', '1'], reusability, Buffer.from('ab')).headers).toEqual([
      'X',
      '1',
      'Date',
      new Date(NOW).toUTCString(),
      'Content-Length',
      '2',
    ]);
    expect(storedResponse(204, ['date', 'kept'], reusability, Buffer.alloc(0)).headers).toEqual(['date', 'kept']);
  });
});
