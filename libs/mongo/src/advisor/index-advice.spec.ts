import { describe, expect, it } from 'vitest';
import type { QueryTotals } from '../monitor/query-totals.js';
import { adviceOn } from './index-advice.js';
import type { CollectionIndex } from './collection-indexes.js';

type Finding = NonNullable<QueryTotals['plan']>['findings'][number];

const NOW = new Date('2026-11-27T00:00:00Z');

const finding = (index?: Finding['index'], code = 'collection_scan', collection = 'chats'): Finding => ({
  code,
  collection,
  detail: 'seen',
  ...(index && { index }),
});

const query = (id: string, totalMs: number, findings: Finding[], more: Partial<QueryTotals> = {}): QueryTotals => ({
  id,
  operation: 'find',
  collection: 'chats',
  query: '{}',
  count: 1,
  errors: 0,
  slow: 1,
  totalMs,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  documents: 1,
  bytes: 1,
  maxPerWork: 1,
  plan: {
    explainedAt: NOW.toISOString(),
    docsExamined: 1000,
    keysExamined: 0,
    returned: 10,
    examinedPerReturned: 100,
    isSortedInMemory: false,
    stages: [],
    findings,
  },
  ...more,
});

const index = (key: CollectionIndex['key'], more: Partial<CollectionIndex> = {}): CollectionIndex => ({
  collection: 'chats',
  name: Object.entries(key).flat().join('_'),
  key,
  isHidden: false,
  ...more,
});

const created = (queries: QueryTotals[], indexes: CollectionIndex[] = []) =>
  adviceOn(queries, indexes, NOW).flatMap((each) => (each.kind === 'create_index' ? [each] : []));

describe('missing indexes', () => {
  it('are ranked by what they save, at most three for each collection', () => {
    const queries = ['a', 'b', 'c', 'd'].map((field, n) => query(field, 100 * (n + 1), [finding({ [field]: 1 })]));
    expect(created(queries).map(({ index, savesMs }) => [index, savesMs])).toEqual([
      [{ d: 1 }, 396],
      [{ c: 1 }, 297],
      [{ b: 1 }, 198],
    ]);
  });

  it('are one where the longer one serves both', () => {
    const queries = [
      query('short', 100, [finding({ a: 1 })]),
      query('long', 200, [finding({ a: 1, b: -1 }), finding({ a: 1, b: -1 }, 'in_memory_sort')]),
    ];
    expect(created(queries)).toMatchObject([{ index: { a: 1, b: -1 }, savesMs: 297, queries: ['long', 'short'] }]);
  });

  it('are none where one begins with the same fields, unless it is hidden or partial', () => {
    const queries = [query('q', 100, [finding({ a: 1 })])];
    expect(created(queries, [index({ a: 1, b: 1 })])).toEqual([]);
    expect(created(queries, [index({ a: -1 }, { purpose: 'unique' })])).toEqual([]);
    for (const more of [
      { isHidden: true },
      { purpose: 'partial' },
      { purpose: 'sparse' },
      { collection: 'jobs' },
    ] as const)
      expect(created(queries, [index({ a: 1, b: 1 }, more)])).toHaveLength(1);
  });

  it('are none in a collection that has as many as a server allows', () => {
    const indexes = Array.from({ length: 64 }, (_, n) => index({ [`f${n}`]: 1 }));
    expect(created([query('q', 100, [finding({ a: 1 })])], indexes)).toEqual([]);
  });

  it('need a plan', () => expect(created([query('q', 100, [], { plan: undefined })])).toEqual([]));
});

describe('queries to change', () => {
  it('are those with findings that no index ends, and reads that repeat in one request', () => {
    const queries = [query('q', 1, [finding(undefined, 'over_fetch')]), query('r', 1, [], { maxPerWork: 10 })];
    expect(adviceOn([...queries, query('s', 1, [], { maxPerWork: 9 })], [], NOW)).toMatchObject([
      { kind: 'change_query', code: 'over_fetch', queries: ['q'] },
      { kind: 'load_together', queries: ['r'] },
    ]);
  });
});

describe('superfluous indexes', () => {
  const hidden = (indexes: CollectionIndex[]) => adviceOn([], indexes, NOW).map((each) => 'name' in each && each.name);
  const old = new Date('2026-11-20T00:00:00Z');

  it('are prefixes of another', () => {
    expect(hidden([index({ a: 1 }), index({ a: 1, b: 1 })])).toEqual(['a_1']);
    expect(hidden([index({ a: 1, b: -1 }), index({ a: -1, b: 1, c: 1 })])).toEqual(['a_1_b_-1']);
    expect(hidden([index({ a: 1 }), index({ a: -1 })])).toEqual(['a_1']);
    expect(hidden([index({ b: 1 }), index({ a: 1, b: 1 })])).toEqual([]);
    expect(hidden([index({ a: 1, b: 1 }), index({ a: 1, b: -1, c: 1 })])).toEqual([]);
  });

  it('are unused for a week', () => {
    expect(hidden([index({ a: 1 }, { uses: 0, usedSince: old })])).toEqual(['a_1']);
    expect(hidden([index({ a: 1 }, { uses: 1, usedSince: old })])).toEqual([]);
    expect(hidden([index({ a: 1 }, { uses: 0, usedSince: new Date(old.getTime() + 1) })])).toEqual([]);
    expect(hidden([index({ a: 1 })])).toEqual([]);
  });

  it.each(['primary', 'unique', 'sparse', 'partial', 'ttl', 'special'] as const)('are never %s ones', (purpose) => {
    const indexes = [index({ a: 1 }, { purpose, uses: 0, usedSince: old }), index({ a: 1, b: 1 }, { uses: 9 })];
    expect(hidden(indexes)).toEqual([]);
  });

  it('are never hidden ones, and none is redundant beside a hidden or partial one', () => {
    expect(hidden([index({ a: 1 }, { isHidden: true, uses: 0, usedSince: old })])).toEqual([]);
    expect(hidden([index({ a: 1 }), index({ a: 1, b: 1 }, { isHidden: true })])).toEqual([]);
    expect(hidden([index({ a: 1 }), index({ a: 1, b: 1 }, { purpose: 'partial' })])).toEqual([]);
  });
});
