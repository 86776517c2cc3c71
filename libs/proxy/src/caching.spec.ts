import type { IncomingMessage } from 'node:http';
import { CDNManager } from '@slipstream/cdn';
import type { CacheRule, CacheRules, ReadRuling } from '@slipstream/http-cache';
import { describe, expect, it } from 'vitest';
import { assetClassOf, cacheRequestOf, withholdFromEdge, type KnownRequest } from './caching.js';

const RULED: ReadRuling = { rule: { scope: 'public' }, partition: 'p' };
const rules = { read: () => RULED, other: () => ({}) } as unknown as CacheRules;

const known = (
  method: string,
  headers: Record<string, string> = { host: 'a.example' },
  isTrusted = false,
): KnownRequest => ({
  request: { method, headers, rawHeaders: Object.entries(headers).flat() } as unknown as IncomingMessage,
  method,
  target: '/',
  peer: { address: '127.0.0.1', isEncrypted: false, isTrusted, httpVersion: '1.1' },
  forwardedHeaders: () => [],
});

it('reads by the rules, stores nothing of what changes something', () => {
  expect(cacheRequestOf(known('GET'), rules, false)).toMatchObject(RULED);
  expect(cacheRequestOf(known('GET'), rules, true)).toMatchObject({ rule: { scope: 'never' } });
  // it makes the answers of its URL stale, whatever rules say of writes
  expect(cacheRequestOf(known('POST'), rules, true).rule).toBeUndefined();
});

it.each([
  ['no host', known('GET', {})],
  ['another host than a trusted peer says', known('GET', { host: 'a.example', 'x-forwarded-host': 'b.example' }, true)],
  ['a scheme that is none', known('POST', { host: 'a.example', 'x-forwarded-proto': 'gopher' }, true)],
])('has nothing to do with %s', (_, request) => {
  expect(cacheRequestOf(request, rules, false)).toMatchObject({ rule: { scope: 'never' } });
});

it.each([
  [undefined, undefined],
  [{ scope: 'never' } as const, undefined],
  [{ scope: 'private', ttlMs: 5_000 } as const, undefined],
  [{ scope: 'public', checksType: true, ttlMs: 1 } as const, { type: 'immutable' }],
  [{ scope: 'public', ttlMs: 9, tags: ['a'] } as const, { type: 'public', ttlMs: 9, tags: ['a'] }],
  [{ scope: 'public', ttlMs: 9, hasDefaultTtl: true } as const, { type: 'public' }],
])('classes a path with the rule %j as %j', (rule, asset) => expect(assetClassOf(rule)).toEqual(asset));

describe('a network in front', () => {
  const FOREVER = ['Cache-Control', 'public, max-age=31536000'];
  const PRIVATE = ['Cache-Control', 'private, max-age=31536000', 'CDN-Cache-Control', 'no-store'];
  const PUBLIC = { scope: 'public' } as const;
  const cdn = new CDNManager({ hasEdge: true });

  it.each<[CacheRule | undefined, string[], string[], boolean?]>([
    [{ scope: 'never' }, FOREVER, PRIVATE],
    [{ scope: 'private' }, FOREVER, PRIVATE],
    [{ scope: 'private' }, [], ['Cache-Control', 'private', 'CDN-Cache-Control', 'no-store']],
    [PUBLIC, FOREVER, FOREVER],
    [undefined, FOREVER, FOREVER],
    [undefined, [], ['CDN-Cache-Control', 'no-store']],
    [PUBLIC, [], ['CDN-Cache-Control', 'no-store']],
    [PUBLIC, FOREVER, PRIVATE, true],
  ])('gets for the rule %j and the fields %j the fields %j', (rule, sent, left, isSigned) => {
    const headers = [...sent];
    withholdFromEdge(headers, rule, cdn, isSigned);
    expect(headers).toEqual(left);
  });

  it('that is not there changes nothing', () => {
    const headers = [...FOREVER];
    withholdFromEdge(headers, { scope: 'private' }, new CDNManager());
    withholdFromEdge(headers, { scope: 'private' }, undefined);
    expect(headers).toEqual(FOREVER);
  });
});
