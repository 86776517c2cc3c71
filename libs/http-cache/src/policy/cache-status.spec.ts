import { expect, it } from 'vitest';
import { cacheStatusLine } from './cache-status.js';

it.each([
  [{ type: 'hit', ttlSeconds: -3 }, 'slipstream; hit; ttl=-3'],
  [{ type: 'refused', detail: 'only-if-cached' }, 'slipstream; detail=only-if-cached'],
  [{ type: 'forwarded', reason: 'uri-miss' }, 'slipstream; fwd=uri-miss'],
  [
    { type: 'forwarded', reason: 'stale', statusCode: 304, isStored: true, isCollapsed: true },
    'slipstream; fwd=stale; fwd-status=304; stored; collapsed',
  ],
  [
    { type: 'forwarded', reason: 'uri-miss', statusCode: 200, isStored: false, detail: 'set-cookie' },
    'slipstream; fwd=uri-miss; fwd-status=200; detail=set-cookie',
  ],
] as const)('says %o (RFC 9211 section 2)', (status, line) => expect(cacheStatusLine(status)).toBe(line));
