import { describe, expect, it } from 'vitest';
import { completeCacheControl, type AssetClass } from './answer-head.js';

const IMMUTABLE: AssetClass = { type: 'immutable' };
const PUBLIC: AssetClass = { type: 'public', ttlMs: 60_000, staleWhileRevalidateMs: 600_000 };

function added(statusCode: number, headers: string[], asset: AssetClass): string[] {
  const before = headers.length;
  completeCacheControl(statusCode, headers, asset);
  return headers.slice(before);
}

describe('Cache-Control', () => {
  it.each([
    [IMMUTABLE, 'text/javascript', 'public, max-age=31536000, immutable'],
    [PUBLIC, 'font/ttf', 'public, max-age=60, stale-while-revalidate=600'],
    [{ ...PUBLIC, staleWhileRevalidateMs: 0 }, 'font/ttf', 'public, max-age=60'],
    [PUBLIC, 'text/html; charset=utf-8', 'no-cache'],
  ])('of class %j and type %s is %s', (asset, type, value) =>
    expect(added(200, ['Content-Type', type], asset)).toEqual(['Cache-Control', value]),
  );

  it.each([
    ['cache-control', 'no-store'],
    ['Cache-Control', 'max-age=1'],
    ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['Set-Cookie', 'a=1'],
  ])('is not added beside %s: %s', (...field) =>
    expect(added(200, ['content-type', 'text/css', ...field], IMMUTABLE)).toEqual([]),
  );

  it.each([404, 301, 500])('is not added to a %i', (status) => expect(added(status, [], IMMUTABLE)).toEqual([]));
});
