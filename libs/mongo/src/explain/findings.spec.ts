import { describe, expect, it } from 'vitest';
import { explained, fetched, scanned, stage, withoutFigures } from '../testing/explained.js';
import { explainReport } from './explain-report.js';

const findings = (document: unknown) =>
  explainReport(document).findings.map(({ code, collection, index }) => [code, collection, ...(index ? [index] : [])]);

const find = (filter: object, more: object = {}) => ({ find: 'chats', filter, ...more });
const collscan = (documents: number, returned: number, filter?: object) =>
  stage('COLLSCAN', [undefined, documents, returned], { direction: 'forward', ...(filter && { filter }) });

describe('findings of a plan in the classic engine', () => {
  const sick: [string, object, unknown[]][] = [
    [
      'an equality without an index',
      explained(find({ userId: { $eq: 'u' } }), collscan(152_045, 12)),
      [['collection_scan', 'chats', { userId: 1 }]],
    ],
    [
      'equality before sort before range, for scan and sort alike',
      explained(
        find({ $and: [{ at: { $gt: 5 } }, { userId: { $eq: 'u' } }] }, { sort: { title: -1 } }),
        stage('SORT', [undefined, undefined, 9], { sortPattern: { title: -1 } }, collscan(5000, 9)),
      ),
      [
        ['collection_scan', 'chats', { userId: 1, title: -1, at: 1 }],
        ['in_memory_sort', 'chats', { userId: 1, title: -1, at: 1 }],
      ],
    ],
    [
      'one index for each branch of an $or',
      explained(find({ $or: [{ a: { $eq: 1 } }, { b: { $in: [1, 2] } }], c: { $eq: 1 } }), collscan(5000, 9)),
      [
        ['collection_scan', 'chats', { c: 1, a: 1 }],
        ['collection_scan', 'chats', { c: 1, b: 1 }],
      ],
    ],
    [
      'a condition that no index serves',
      explained(find({ title: { $regex: 'hello' } }), collscan(5000, 9)),
      [['collection_scan', 'chats']],
    ],
    [
      'a whole collection that nobody limited',
      explained(find({}), collscan(5000, 5000)),
      [
        ['collection_scan', 'chats'],
        ['over_fetch', 'chats'],
      ],
    ],
    [
      'a sort without a condition',
      explained(
        find({}, { sort: { at: -1 }, limit: 10 }),
        stage('SORT', [undefined, undefined, 10], { sortPattern: { at: -1 } }, collscan(5000, 5000)),
      ),
      [
        ['collection_scan', 'chats', { at: -1 }],
        ['in_memory_sort', 'chats', { at: -1 }],
      ],
    ],
    [
      'an index that leaves most of the work to the fetch',
      explained(
        find({ userId: { $eq: 'u' }, state: { $eq: 'open' } }),
        fetched({ userId: 1 }, [4000, 4000, 3], { state: { $eq: 'open' } }),
      ),
      [['poor_selectivity', 'chats', { userId: 1, state: 1 }]],
    ],
    [
      'an index whose fields are in the wrong order',
      explained(find({ state: { $eq: 'open' }, at: { $gt: 5 } }), fetched({ at: 1, state: 1 }, [9000, 3, 3])),
      [['poor_selectivity', 'chats', { state: 1, at: 1 }]],
    ],
    [
      'the best index there can be, for a condition that it serves in part',
      explained(find({ a: { $eq: 1 }, b: { $ne: 2 } }), fetched({ a: 1 }, [4000, 4000, 3], { b: { $ne: 2 } })),
      [['poor_selectivity', 'chats']],
    ],
    [
      'a large skip',
      explained(
        find({ a: { $eq: 1 } }, { skip: 5000, limit: 10 }),
        stage(
          'LIMIT',
          [undefined, undefined, 10],
          {},
          stage(
            'SKIP',
            [undefined, undefined, 10],
            { skipAmount: { $numberLong: '5000' } },
            fetched({ a: 1 }, [5010, 5010, 5010]),
          ),
        ),
      ),
      [['large_skip', 'chats']],
    ],
    [
      'a delete that scans',
      explained(
        { delete: 'chats', q: {}, filter: { old: { $eq: true } } },
        stage('DELETE', [undefined, undefined, 0], {}, collscan(900, 3)),
      ),
      [['collection_scan', 'chats', { old: 1 }]],
    ],
    [
      'a count that scans',
      explained(
        { count: 'chats', query: { old: { $eq: true } } },
        stage('COUNT', [undefined, undefined, 0], {}, collscan(900, 3)),
      ),
      [['collection_scan', 'chats', { old: 1 }]],
    ],
    [
      'fields of an array element',
      explained(find({ parts: { $elemMatch: { kind: { $eq: 'a' }, size: { $gt: 4 } } } }), collscan(900, 3)),
      [['collection_scan', 'chats', { 'parts.kind': 1, 'parts.size': 1 }]],
    ],
    [
      'a stage of a later server',
      explained(find({ a: { $eq: 1 } }), stage('QUANTUM_SCAN', [undefined, undefined, 1])),
      [['unknown_stage', 'chats']],
    ],
    [
      'temporary files',
      explained(
        { aggregate: 'chats' },
        stage('GROUP', [undefined, undefined, 10], { usedDisk: true }, scanned({ a: 1 }, [10, 10])),
      ),
      [['spilled_to_disk', 'chats']],
    ],
    [
      'an execution that failed',
      explained(find({ a: { $eq: 1 } }), fetched({ a: 1 }, [1, 1, 1]), {
        executionSuccess: false,
        errorMessage: 'killed',
      }),
      [['execution_failed', 'chats']],
    ],
  ];
  it.each(sick)('%s', (_, document, expected) => expect(findings(document)).toEqual(expected));

  it('judges the shape of a plan without figures', () => {
    const { queryPlanner } = explained(find({ userId: { $eq: 'u' } }), collscan(1, 1));
    const winningPlan = withoutFigures(collscan(1, 1));
    expect(findings({ queryPlanner: { ...queryPlanner, winningPlan } })).toEqual([
      ['collection_scan', 'chats', { userId: 1 }],
    ]);
  });

  it('says what was seen and what to do', () => {
    const document = explained(find({ userId: { $eq: 'u' } }), collscan(152_045, 12));
    expect(explainReport(document).findings[0]?.detail).toBe(
      'scans the whole collection (152,045 documents); index { userId: 1 } serves it',
    );
  });
});

describe('healthy plans', () => {
  const compound = { userId: 1, createdAt: -1, _id: -1 };
  const by = (name: string, key: object, [keys, documents, returned]: [number, number, number]) =>
    stage(name, [keys, documents, returned], { keyPattern: key, indexName: 'i' });
  const healthy: [string, object][] = [
    ['a unique key', explained(find({ a: { $eq: 1 } }), fetched({ a: 1 }, [1, 1, 1]))],
    ['nothing found', explained(find({ a: { $eq: 1 } }), fetched({ a: 1 }, [0, 0, 0]))],
    [
      'a page in order',
      explained(
        find({ userId: { $eq: 'u' } }, { sort: { createdAt: -1 }, limit: 21 }),
        stage('LIMIT', [undefined, undefined, 21], {}, fetched(compound, [21, 21, 21])),
      ),
    ],
    [
      'a few documents beside the condition',
      explained(find({ a: { $eq: 1 }, b: { $eq: 2 } }), fetched({ a: 1 }, [40, 40, 1], { b: { $eq: 2 } })),
    ],
    [
      'half of what is read',
      explained(
        find({ a: { $gt: 1 } }, { limit: 900 }),
        stage('LIMIT', [undefined, undefined, 900], {}, fetched({ a: 1 }, [1800, 1800, 900], { c: { $ne: 1 } })),
      ),
    ],
    [
      'a covered read',
      explained(
        find({ a: { $eq: 1 } }),
        stage('PROJECTION_COVERED', [undefined, undefined, 5], {}, scanned({ a: 1 }, [5, 5])),
      ),
    ],
    ['by id', explained(find({ _id: { $eq: 1 } }), stage('IDHACK', [1, 1, 1]))],
    ['by id, MongoDB 8', explained(find({ _id: { $eq: 1 } }), by('EXPRESS_IXSCAN', { _id: 1 }, [1, 1, 1]))],
    [
      'by id in a clustered collection',
      explained(find({ _id: { $eq: 1 } }), stage('EXPRESS_CLUSTERED_IXSCAN', [undefined, 1, 1])),
    ],
    [
      'a range of a clustered collection',
      explained(find({ _id: { $gt: 1 } }, { limit: 9 }), stage('CLUSTERED_IXSCAN', [undefined, 9, 9])),
    ],
    [
      'an update by key',
      explained(
        { update: 'chats', filter: { a: { $eq: 1 } } },
        stage('UPDATE', [undefined, undefined, 0], {}, fetched({ a: 1 }, [1, 1, 1])),
      ),
    ],
    [
      'an express update',
      explained(
        { update: 'chats', filter: { _id: { $eq: 1 } } },
        stage('EXPRESS_UPDATE', [undefined, undefined, 0], {}, by('EXPRESS_IXSCAN', { _id: 1 }, [1, 1, 1])),
      ),
    ],
    [
      'a batched delete',
      explained(
        { delete: 'chats', filter: { a: { $eq: 1 } } },
        stage('BATCHED_DELETE', [undefined, undefined, 0], {}, fetched({ a: 1 }, [500, 500, 500])),
      ),
    ],
    [
      'a count by keys',
      explained(
        { count: 'chats', query: { a: { $eq: 1 } } },
        stage('COUNT', [undefined, undefined, 0], {}, scanned({ a: 1 }, [5001, 5000], 'COUNT_SCAN')),
      ),
    ],
    [
      'a count of all',
      explained(
        { count: 'chats', query: {} },
        stage('COUNT', [undefined, undefined, 0], {}, stage('RECORD_STORE_FAST_COUNT', [undefined, undefined, 0])),
      ),
    ],
    [
      'distinct values',
      explained(
        { distinct: 'chats', query: {} },
        stage('PROJECTION_COVERED', [undefined, undefined, 9], {}, scanned({ a: 1 }, [10, 9], 'DISTINCT_SCAN')),
      ),
    ],
    [
      'two branches',
      explained(
        find({ $or: [{ a: { $eq: 1 } }, { b: { $eq: 1 } }] }),
        stage(
          'FETCH',
          [undefined, 4, 4],
          {},
          stage('OR', [undefined, undefined, 4], {}, scanned({ a: 1 }, [2, 2]), scanned({ b: 1 }, [2, 2])),
        ),
      ),
    ],
    [
      'two branches in order',
      explained(
        find({ $or: [{ a: { $eq: 1 } }, { b: { $eq: 1 } }] }, { sort: { at: 1 } }),
        stage(
          'FETCH',
          [undefined, 4, 4],
          {},
          stage(
            'SORT_MERGE',
            [undefined, undefined, 4],
            { sortPattern: { at: 1 } },
            scanned({ a: 1, at: 1 }, [2, 2]),
            scanned({ b: 1, at: 1 }, [2, 2]),
          ),
        ),
      ),
    ],
    [
      'an intersection',
      explained(
        find({ a: { $eq: 1 }, b: { $eq: 1 } }),
        stage(
          'FETCH',
          [undefined, 4, 4],
          {},
          stage('AND_SORTED', [undefined, undefined, 4], {}, scanned({ a: 1 }, [4, 4]), scanned({ b: 1 }, [4, 4])),
        ),
      ),
    ],
    [
      'a text search by score',
      explained(
        find({ $text: { $search: 'x' } }, { sort: { score: { $meta: 'textScore' } } }),
        stage(
          'SORT',
          [undefined, undefined, 5],
          { sortPattern: { $computed0: { $meta: 'textScore' } } },
          stage(
            'TEXT_MATCH',
            [undefined, undefined, 5],
            {},
            stage('FETCH', [undefined, 5, 5], {}, scanned({ _fts: 'text', _ftsx: 1 }, [5, 5])),
          ),
        ),
      ),
    ],
    [
      'the nearest places',
      explained(
        find({ place: { $nearSphere: [1, 2] } }, { limit: 5 }),
        stage(
          'LIMIT',
          [undefined, undefined, 5],
          {},
          stage('GEO_NEAR_2DSPHERE', [40, 40, 5], { keyPattern: { place: '2dsphere' } }),
        ),
      ),
    ],
    ['no plan at all', explained(find({ $alwaysFalse: 1 }), stage('EOF', [undefined, undefined, 0]))],
    [
      'a peek at a collection',
      explained(find({}, { limit: 5 }), stage('LIMIT', [undefined, undefined, 5], {}, collscan(5, 5))),
    ],
    [
      'a cached plan',
      explained(
        find({ a: { $eq: 1 } }),
        stage('CACHED_PLAN', [undefined, undefined, 1], {}, fetched({ a: 1 }, [1, 1, 1])),
      ),
    ],
    [
      'orphans left out',
      explained(
        find({ a: { $eq: 1 } }),
        stage('SHARDING_FILTER', [undefined, undefined, 1], {}, fetched({ a: 1 }, [1, 1, 1])),
      ),
    ],
    [
      'a time series',
      explained(
        { aggregate: 'system.buckets.t', filter: {} },
        stage('UNPACK_TS_BUCKET', [undefined, undefined, 9], {}, stage('CLUSTERED_IXSCAN', [undefined, 9, 9])),
      ),
    ],
    [
      'a short skip',
      explained(
        find({ a: { $eq: 1 } }, { skip: 20, limit: 10 }),
        stage(
          'LIMIT',
          [undefined, undefined, 10],
          {},
          stage('SKIP', [undefined, undefined, 10], { skipAmount: 20 }, fetched({ a: 1 }, [30, 30, 30])),
        ),
      ),
    ],
  ];
  it.each(healthy)('%s', (_, document) => expect(explainReport(document).findings).toEqual([]));

  const keys = [1, 7, 60, 400, 4000];
  it.each(keys.flatMap((n) => [1, 2, 5].map((ratio) => [n, ratio])))('%i keys, examined %i times', (n, ratio) =>
    expect(
      explainReport(
        explained(
          find({ a: { $gt: 1 } }, { limit: n }),
          stage('LIMIT', [undefined, undefined, n], {}, fetched({ a: 1 }, [n * ratio, n * ratio, n])),
        ),
      ).findings,
    ).toEqual([]),
  );
});
