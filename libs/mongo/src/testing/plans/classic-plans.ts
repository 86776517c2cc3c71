import { explained, fetched, scanned, stage } from '../explained.js';
import type { DocumentedPlan } from './documented-plan.js';

const A = { a: { $eq: 1 } };
const FOUND: [number, number, number] = [4, 4, 4];
const over = (name: string, extra: object, ...inputs: object[]) =>
  stage(name, [undefined, undefined, 4], extra, ...inputs);
const find = (filter: object, root: Record<string, unknown>, more: object = {}) =>
  explained({ find: 'chats', filter, ...more }, root);
const scan = stage('COLLSCAN', [undefined, 5000, 4], { filter: A, direction: 'forward' });

/** Stages of the classic engine (`explainVersion: "1"`), of MongoDB 7 and 8. */
export const classicPlans: DocumentedPlan[] = [
  { name: 'COLLSCAN', document: find(A, scan), stages: ['COLLSCAN'], findings: [['collection_scan', { a: 1 }]] },
  {
    name: 'COLLSCAN, by record id in a clustered collection',
    document: find({ _id: { $gt: 5 } }, stage('CLUSTERED_IXSCAN', [undefined, 9, 9], { minRecord: 5, maxRecord: 14 })),
    stages: ['CLUSTERED_IXSCAN'],
  },
  { name: 'FETCH over IXSCAN', document: find(A, fetched({ a: 1 }, FOUND)), stages: ['FETCH', '  IXSCAN'] },
  { name: 'IDHACK', document: find({ _id: { $eq: 1 } }, stage('IDHACK', [1, 1, 1])), stages: ['IDHACK'] },
  {
    name: 'SORT',
    document: find(
      A,
      over('SORT', { sortPattern: { at: -1 }, memLimit: 104_857_600, type: 'simple' }, fetched({ a: 1 }, FOUND)),
    ),
    stages: ['SORT', '  FETCH', '    IXSCAN'],
    findings: [['in_memory_sort', { a: 1, at: -1 }]],
  },
  {
    name: 'SORT that spilled',
    document: find(A, over('SORT', { sortPattern: { at: 1 }, usedDisk: true, spills: 3 }, fetched({ a: 1 }, FOUND))),
    stages: ['SORT', '  FETCH', '    IXSCAN'],
    findings: [['in_memory_sort', { a: 1, at: 1 }], ['spilled_to_disk']],
  },
  {
    name: 'SORT_MERGE of branches in order',
    document: find(
      { $or: [A, { b: { $eq: 1 } }] },
      stage(
        'FETCH',
        [undefined, 4, 4],
        {},
        over(
          'SORT_MERGE',
          { sortPattern: { at: 1 }, dupsTested: 4 },
          scanned({ a: 1, at: 1 }, [2, 2]),
          scanned({ b: 1, at: 1 }, [2, 2]),
        ),
      ),
      { sort: { at: 1 } },
    ),
    stages: ['FETCH', '  SORT_MERGE', '    IXSCAN', '    IXSCAN'],
  },
  {
    name: 'SUBPLAN over OR',
    document: find(
      { $or: [A, { b: { $eq: 1 } }] },
      over(
        'SUBPLAN',
        {},
        stage(
          'FETCH',
          [undefined, 4, 4],
          {},
          over('OR', { dupsTested: 4 }, scanned({ a: 1 }, [2, 2]), scanned({ b: 1 }, [2, 2])),
        ),
      ),
    ),
    stages: ['SUBPLAN', '  FETCH', '    OR', '      IXSCAN', '      IXSCAN'],
  },
  ...['AND_HASH', 'AND_SORTED'].map((name) => ({
    name,
    document: find(
      { ...A, b: { $eq: 1 } },
      stage(
        'FETCH',
        [undefined, 4, 4],
        {},
        over(name, { memUsage: 0 }, scanned({ a: 1 }, [4, 4]), scanned({ b: 1 }, [4, 4])),
      ),
    ),
    stages: ['FETCH', `  ${name}`, '    IXSCAN', '    IXSCAN'],
  })),
  ...['CACHED_PLAN', 'MULTI_PLAN', 'TRIAL', 'SHARDING_FILTER', 'ENSURE_SORTED', 'RETURN_KEY', 'SORT_KEY_GENERATOR'].map(
    (name) => ({
      name,
      document: find(A, over(name, {}, fetched({ a: 1 }, FOUND))),
      stages: [name, '  FETCH', '    IXSCAN'],
    }),
  ),
  ...['PROJECTION_SIMPLE', 'PROJECTION_DEFAULT', 'LIMIT'].map((name) => ({
    name,
    document: find(A, over(name, { transformBy: { a: 1 }, limitAmount: 4 }, fetched({ a: 1 }, FOUND))),
    stages: [name, '  FETCH', '    IXSCAN'],
  })),
  {
    name: 'PROJECTION_COVERED',
    document: find(A, over('PROJECTION_COVERED', { transformBy: { a: 1, _id: 0 } }, scanned({ a: 1 }, [4, 4]))),
    stages: ['PROJECTION_COVERED', '  IXSCAN'],
  },
  {
    name: 'SKIP',
    document: find(A, over('SKIP', { skipAmount: 4000 }, fetched({ a: 1 }, [4004, 4004, 4004])), { limit: 4 }),
    stages: ['SKIP', '  FETCH', '    IXSCAN'],
    findings: [['large_skip']],
  },
  {
    name: 'EOF',
    document: find({ $alwaysFalse: 1 }, stage('EOF', [undefined, undefined, 0], { type: 'nonExistentNamespace' })),
    stages: ['EOF'],
  },
  {
    name: 'TEXT_MATCH',
    document: find(
      { $text: { $search: 'tea' } },
      over(
        'TEXT_MATCH',
        { indexPrefix: {}, indexName: 'title_text', textIndexVersion: 3 },
        stage('FETCH', [undefined, 4, 4], {}, scanned({ _fts: 'text', _ftsx: 1 }, [4, 4])),
      ),
    ),
    stages: ['TEXT_MATCH', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'TEXT_MATCH over TEXT_OR, by score',
    document: find(
      { $text: { $search: 'tea' } },
      over(
        'TEXT_MATCH',
        { indexName: 'title_text' },
        stage(
          'TEXT_OR',
          [undefined, 4, 4],
          {},
          scanned({ _fts: 'text', _ftsx: 1 }, [2, 2]),
          scanned({ _fts: 'text', _ftsx: 1 }, [2, 2]),
        ),
      ),
    ),
    stages: ['TEXT_MATCH', '  TEXT_OR', '    IXSCAN', '    IXSCAN'],
  },
  ...['2d', '2dsphere'].map((kind) => ({
    name: `GEO_NEAR_${kind.toUpperCase()}`,
    document: find(
      { place: { $near: [1, 2] } },
      stage(
        `GEO_NEAR_${kind.toUpperCase()}`,
        [undefined, undefined, 4],
        { keyPattern: { place: kind }, indexName: 'place', indexVersion: 2 },
        stage('FETCH', [undefined, 4, 4], {}, scanned({ place: kind }, [9, 4])),
      ),
    ),
    stages: [`GEO_NEAR_${kind.toUpperCase()}`, '  FETCH', '    IXSCAN'],
  })),
];
