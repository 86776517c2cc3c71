import { expect, it } from 'vitest';
import { withheldFromSharedCaches } from './withheld.js';

const EDGE = ['CDN-Cache-Control', 'no-store'];

it.each([
  [[], 'private'],
  [['Cache-Control', 'public, max-age=31536000, immutable'], 'private, max-age=31536000, immutable'],
  [['cache-control', 'PUBLIC, s-maxage=9, max-age=5', 'Cache-Control', 'no-cache'], 'private, max-age=5, no-cache'],
  [['Cache-Control', 'private="set-cookie, x", proxy-revalidate'], 'private'],
  [['Cache-Control', 'no-store'], 'private, no-store'],
  [['Cache-Control', 'no-cache="a, public", s-maxage'], 'private, no-cache="a, public"'],
])('turns %j into Cache-Control: %s', (headers, control) => {
  const kept = ['Content-Type', 'image/png'];
  expect(withheldFromSharedCaches([...headers, ...kept])).toEqual([...kept, 'Cache-Control', control, ...EDGE]);
});

it('removes what the origin said to shared caches', () => {
  const said = ['CDN-Cache-Control', 'max-age=9', 'Surrogate-Control', 'max-age=9', 'Surrogate-Key', 'a'];
  expect(withheldFromSharedCaches([...said, 'Cache-Tag', 'b', 'Cloudflare-CDN-Cache-Control', 'max-age=1'])).toEqual([
    'Cache-Control',
    'private',
    ...EDGE,
  ]);
});
