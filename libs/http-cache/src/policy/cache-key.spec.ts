import { expect, it } from 'vitest';
import { primaryKey, urlOf, variantKey } from './cache-key.js';

it.each([
  [{ scheme: 'http', host: 'Chat.Example', target: '/A?b' }, 'http://chat.example/A?b'],
  [{ scheme: 'http', host: 'chat.example:80', target: '/' }, 'http://chat.example/'],
  [{ scheme: 'https', host: 'chat.example:443', target: '/' }, 'https://chat.example/'],
  [{ scheme: 'https', host: 'chat.example:80', target: '/' }, 'https://chat.example:80/'],
  [{ scheme: 'http', host: '[::1]:8080', target: '/%7e' }, 'http://[::1]:8080/%7e'],
] as const)('normalises the authority and nothing else (RFC 3986 section 6.2.2.1)', (parts, url) =>
  expect(urlOf(parts)).toBe(url),
);

it('keeps partitions and variants apart from each other and from URLs', () => {
  const url = 'http://chat/a';
  const keys = [
    primaryKey(url, undefined),
    primaryKey(url, 'ada'),
    primaryKey(url, 'bob'),
    variantKey(url, 'accept:a\n'),
    variantKey(url, 'accept:b\n'),
    variantKey(primaryKey(url, 'ada'), 'accept:a\n'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

it('names long variants by their digest, so that no field makes a key long', () => {
  const [one, two] = [variantKey('u', 'x'.repeat(10_000)), variantKey('u', `${'x'.repeat(9_999)}y`)];
  expect(one.length).toBeLessThan(100);
  expect(one).not.toBe(two);
});
