import { expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import { responseDirectives } from './response-directives.js';

const read = (...headers: string[]) => responseDirectives(fieldsOf(headers));

it('reads what an answer says about caching it (RFC 9111 section 5.2.2)', () => {
  expect(
    read(
      'Cache-Control',
      'public, s-maxage=5',
      'cache-control',
      'max-age=60, proxy-revalidate, must-understand, no-store, stale-while-revalidate=7, stale-if-error=8',
    ),
  ).toEqual({
    isTargeted: false,
    noStore: true,
    noCache: false,
    isPrivate: false,
    withheldFields: [],
    isPublic: true,
    mustRevalidate: true,
    mustUnderstand: true,
    hasSharedMaxAge: true,
    maxAgeSeconds: 5,
    staleWhileRevalidateSeconds: 7,
    staleIfErrorSeconds: 8,
  });
});

it('takes the qualified forms for a word about some fields only (sections 5.2.2.4 and 5.2.2.7)', () => {
  expect(read('Cache-Control', 'no-cache="X-A", private="x-b, X-C"')).toMatchObject({
    noCache: false,
    isPrivate: false,
    withheldFields: ['x-a', 'x-b', 'x-c'],
  });
  expect(read('Cache-Control', 'no-cache, private')).toMatchObject({
    noCache: true,
    isPrivate: true,
    withheldFields: [],
  });
});

it('hears what is said to caches like this one alone (RFC 9213 section 2.2)', () => {
  expect(read('CDN-Cache-Control', 'max-age=60', 'Cache-Control', 'no-store')).toMatchObject({
    isTargeted: true,
    noStore: false,
    maxAgeSeconds: 60,
  });
  expect(read('CDN-Cache-Control', 'max-age="60"', 'Cache-Control', 'no-store')).toMatchObject({
    isTargeted: false,
    noStore: true,
  });
});
