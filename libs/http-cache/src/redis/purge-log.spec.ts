import { describe, expect, it } from 'vitest';
import type { PurgeScope } from '../purge/purge-scope.js';
import { PurgeLog } from './purge-log.js';

const record = { url: 'http://chat/a?x', tags: ['chat:42'] };
const logOf = (maxNames: number, ...scopes: PurgeScope[]) => {
  const log = new PurgeLog(maxNames);
  scopes.forEach((scope, i) => log.add(i + 1, { scope, isSoft: false }));
  return log;
};

describe('PurgeLog', () => {
  it.each([
    [{ type: 'url', url: 'http://chat/a?x' }, 'dropped'],
    [{ type: 'url', url: '/a?x' }, 'dropped'],
    [{ type: 'url', url: '/a' }, 'kept'],
    [{ type: 'prefix', prefix: '/a' }, 'dropped'],
    [{ type: 'prefix', prefix: '/b' }, 'kept'],
    [{ type: 'tags', tags: ['x', 'chat:42'] }, 'dropped'],
    [{ type: 'tags', tags: ['http://chat/a?x', '*'] }, 'kept'], // tags are no URLs
    [{ type: 'everything' }, 'dropped'],
  ] as [PurgeScope, string][])(
    '%j: what was fetched before it is %s, and what was fetched after it kept',
    (scope, verdict) => {
      const log = logOf(10, scope);
      expect([log.verdict(record, 0), log.verdict(record, 1)]).toEqual([verdict, 'kept']);
    },
  );

  it('tells soft from hard, and the last hard one counts', () => {
    const scope: PurgeScope = { type: 'tags', tags: ['chat:42'] };
    const log = new PurgeLog(10);
    log.add(1, { scope, isSoft: false });
    log.add(2, { scope, isSoft: true });
    log.add(3, { scope: { type: 'everything' }, isSoft: true });
    expect([0, 1, 2, 3].map((since) => log.verdict(record, since))).toEqual([
      'dropped',
      'softened',
      'softened',
      'kept',
    ]);
    expect(log.verdict({ url: '/else', tags: [] }, 2)).toBe('softened');
  });

  it('is bounded: past the bound, what is from before the oldest is dropped', () => {
    const log = logOf(
      2,
      { type: 'tags', tags: ['a'] },
      { type: 'tags', tags: ['b'] },
      { type: 'tags', tags: ['a'] },
      { type: 'tags', tags: ['c'] },
    );
    // b, the second, was forgotten
    expect([1, 2].map((since) => log.verdict(record, since))).toEqual(['dropped', 'kept']);
    const prefixes = logOf(
      1_000,
      ...Array.from({ length: 101 }, (_, i): PurgeScope => ({ type: 'prefix', prefix: `/p${i}` })),
    );
    expect([0, 1].map((since) => prefixes.verdict(record, since))).toEqual(['dropped', 'kept']);
  });
});
