import { describe, expect, it } from 'vitest';
import { isPurgedBy, normalisedScope, parsePurge, targetOf, type PurgeScope } from './purge-scope.js';

const record = { url: 'https://chat.example/api/models?x', tags: ['chat:42', 'user:7'] };

it.each([
  [{ type: 'everything' }, true],
  [{ type: 'url', url: 'https://chat.example/api/models?x' }, true],
  [{ type: 'url', url: '/api/models?x' }, true],
  [{ type: 'url', url: '/api/models' }, false],
  [{ type: 'url', url: 'https://other.example/api/models?x' }, false],
  [{ type: 'prefix', prefix: '/api/' }, true],
  [{ type: 'prefix', prefix: 'https://chat.example/api/m' }, true],
  [{ type: 'prefix', prefix: 'https://chat.example' }, true],
  [{ type: 'prefix', prefix: '/models' }, false],
  [{ type: 'tags', tags: ['x', 'chat:42'] }, true],
  [{ type: 'tags', tags: ['chat:4'] }, false],
  [{ type: 'tags', tags: [] }, false],
] as const)('%j means it: %s', (scope, isMeant) => expect(isPurgedBy(record, scope)).toBe(isMeant));

it.each([
  [
    { type: 'url', url: 'HTTPS://Chat.Example:443/A' },
    { type: 'url', url: 'https://chat.example/A' },
  ],
  [
    { type: 'prefix', prefix: 'http://Chat.Example:8080/A' },
    { type: 'prefix', prefix: 'http://chat.example:8080/A' },
  ],
  [
    { type: 'url', url: '/A' },
    { type: 'url', url: '/A' },
  ],
  [
    { type: 'tags', tags: ['A'] },
    { type: 'tags', tags: ['A'] },
  ],
] as [PurgeScope, PurgeScope][])('is written as URLs are kept: %j', (scope, normalised) =>
  expect(normalisedScope(scope)).toEqual(normalised),
);

it('knows path and query of a URL', () => expect(targetOf(record.url)).toBe('/api/models?x'));

describe('from the bus', () => {
  it.each([
    { scope: { type: 'everything' }, isSoft: true },
    { scope: { type: 'url', url: '/a' }, isSoft: false },
    { scope: { type: 'prefix', prefix: '/' }, isSoft: false },
    { scope: { type: 'tags', tags: ['a'] }, isSoft: false },
  ])('is read: %j', (purge) => expect(parsePurge(JSON.parse(JSON.stringify({ ...purge, from: 'x' })))).toEqual(purge));

  it.each([
    null,
    1,
    'x',
    {},
    { scope: null, isSoft: true },
    { scope: { type: 'everything' } },
    { scope: { type: 'url', url: 1 }, isSoft: true },
    { scope: { type: 'tags', tags: [1] }, isSoft: true },
    { scope: { type: 'x' }, isSoft: true },
  ])('is not heard: %j', (message) => expect(parsePurge(message)).toBeUndefined());
});
