import { describe, expect, it } from 'vitest';
import { explainReport } from './explain-report.js';

const read = (document: unknown) => {
  const { stages, findings } = explainReport(document);
  return {
    stages: stages.map(({ stage, depth, returned, keysExamined, docsExamined }) =>
      [stage, depth, keysExamined, docsExamined, returned].filter((figure) => figure !== undefined),
    ),
    findings: findings.map(({ code, collection, index }) => [code, collection, ...(index ? [index] : [])]),
  };
};

const slots = (stage: string, planNodeId: number, nReturned: number, extra: object = {}) => ({
  stage,
  planNodeId,
  nReturned,
  opens: 1,
  ...extra,
});

describe('the slot-based engine (explainVersion 2)', () => {
  it('sums the reads of all slots of a stage', () => {
    const execution = slots('mkobj', 3, 4, {
      inputStage: slots('nlj', 2, 4, {
        innerStage: slots('limit', 2, 4000, { inputStage: slots('seek', 2, 4000, { numReads: 4000 }) }),
        outerStage: slots('cfilter', 1, 4000, { inputStage: slots('ixseek', 1, 4000, { keysExamined: 4001 }) }),
      }),
    });
    const winningPlan = {
      isCached: false,
      queryPlan: {
        stage: 'PROJECTION_DEFAULT',
        planNodeId: 3,
        inputStage: {
          stage: 'FETCH',
          planNodeId: 2,
          filter: { state: { $eq: 'open' } },
          inputStage: { stage: 'IXSCAN', planNodeId: 1, keyPattern: { userId: 1 }, indexName: 'userId_1' },
        },
      },
      slotBasedPlan: { slots: '$$RESULT=s7', stages: '[2] nlj …' },
    };
    const parsedQuery = { $and: [{ state: { $eq: 'open' } }, { userId: { $eq: 'u' } }] };
    expect(
      read({
        explainVersion: '2',
        queryPlanner: { namespace: 'slipstream.jobs', parsedQuery, winningPlan },
        executionStats: { executionSuccess: true, nReturned: 4, executionStages: execution },
        command: { find: 'jobs', filter: { userId: 'u', state: 'open' } },
      }),
    ).toEqual({
      stages: [
        ['PROJECTION_DEFAULT', 0, 0, 0, 4],
        ['FETCH', 1, 0, 4000, 4],
        ['IXSCAN', 2, 4001, 0, 4000],
      ],
      findings: [['poor_selectivity', 'jobs', { state: 1, userId: 1 }]],
    });
  });

  it('judges a join that scans the other collection', () => {
    const winningPlan = {
      queryPlan: {
        stage: 'EQ_LOOKUP',
        planNodeId: 2,
        foreignCollection: 'slipstream.messages',
        localField: '_id',
        foreignField: 'chatId',
        asField: 'messages',
        strategy: 'NestedLoopJoin',
        inputStage: { stage: 'IXSCAN', planNodeId: 1, keyPattern: { a: 1 }, indexName: 'a_1' },
      },
      slotBasedPlan: {},
    };
    const plan = { namespace: 'slipstream.chats', parsedQuery: { a: { $eq: 1 } }, winningPlan };
    expect(read({ queryPlanner: plan, command: { aggregate: 'chats' } }).findings).toEqual([
      ['join_without_index', 'messages', { chatId: 1 }],
    ]);
    const indexed = { ...winningPlan, queryPlan: { ...winningPlan.queryPlan, strategy: 'IndexedLoopJoin' } };
    expect(read({ queryPlanner: { ...plan, winningPlan: indexed } }).findings).toEqual([]);
  });
});

const scan = { stage: 'COLLSCAN', filter: { a: { $eq: 1 } }, direction: 'forward' };

describe('aggregations', () => {
  const cursor = (executionStages: object) => ({
    $cursor: {
      queryPlanner: { namespace: 'slipstream.chats', parsedQuery: { a: { $eq: 1 } }, winningPlan: scan },
      executionStats: { executionSuccess: true, nReturned: 12, executionStages },
    },
    nReturned: { $numberLong: '12' },
  });

  it('puts the stages behind the query engine on top of its plan', () => {
    const lookup = { from: 'users', as: 'u', localField: 'userId', foreignField: 'mail' };
    const stages = [
      cursor({ ...scan, nReturned: 12, docsExamined: { $numberInt: '900' } }),
      {
        $lookup: lookup,
        totalDocsExamined: 500,
        collectionScans: { $numberLong: '12' },
        indexesUsed: [],
        nReturned: 12,
      },
      { $group: { _id: '$b' }, nReturned: 3, usedDisk: true },
      { $sort: { sortKey: { n: -1 } }, nReturned: 3 },
    ];
    expect(read({ explainVersion: '1', stages, command: { aggregate: 'chats' } })).toEqual({
      stages: [
        ['$sort', 0, 3],
        ['$group', 1, 3],
        ['$lookup', 2, 12],
        ['COLLSCAN', 3, 900, 12],
      ],
      findings: [
        ['collection_scan', 'chats', { a: 1 }],
        ['join_without_index', 'users', { mail: 1 }],
        ['spilled_to_disk', 'chats'],
      ],
    });
  });

  it('reports the sort of documents, not that of computed results', () => {
    const stages = [cursor({ stage: 'IXSCAN', keyPattern: { a: 1 }, nReturned: 12, keysExamined: 12 })];
    const sorted = { $sort: { sortKey: { at: -1 } }, nReturned: 12 };
    expect(read({ stages: [...stages, sorted, { $limit: 5 }] }).findings).toEqual([
      ['in_memory_sort', 'chats', { a: 1, at: -1 }],
    ]);
    expect(read({ stages: [...stages, { $group: { _id: '$b' } }, sorted] }).findings).toEqual([]);
  });
});

describe('sharded plans', () => {
  const shard = (shardName: string) => ({ shardName, namespace: 'slipstream.chats', parsedQuery: { a: { $eq: 1 } } });
  const executed = { ...scan, nReturned: 2, docsExamined: 70 };

  it('reads a find of each shard, and reports a finding once', () => {
    const shards = [shard('s1'), shard('s2')].map((part) => ({ ...part, winningPlan: scan }));
    const executions = ['s2', 's1'].map((shardName) => ({
      shardName,
      executionSuccess: true,
      nReturned: 2,
      executionStages: { ...executed, docsExamined: shardName === 's1' ? 70 : 90 },
    }));
    const document = {
      queryPlanner: { winningPlan: { stage: 'SHARD_MERGE', shards } },
      executionStats: { nReturned: 4, executionStages: { stage: 'SHARD_MERGE', nReturned: 4, shards: executions } },
      command: { find: 'chats', filter: { a: 1 } },
    };
    expect(read(document)).toEqual({
      stages: [
        ['COLLSCAN', 0, 70, 2],
        ['COLLSCAN', 0, 90, 2],
      ],
      findings: [['collection_scan', 'chats', { a: 1 }]],
    });
  });

  it('reads an aggregation of each shard', () => {
    const queryPlanner = { ...shard('s1'), winningPlan: scan };
    const document = {
      mergeType: 'mongos',
      shards: { s1: { stages: [{ $cursor: { queryPlanner } }] }, s2: { queryPlanner } },
    };
    expect(read(document).stages).toEqual([
      ['COLLSCAN', 0],
      ['COLLSCAN', 0],
    ]);
  });
});

describe('MongoDB 8 express stages', () => {
  it('reads the key pattern, which is a text', () => {
    const root = { stage: 'EXPRESS_IXSCAN', keyPattern: '{ chatId: 1, ordinal: -1 }', indexName: 'i', isCached: false };
    const queryPlanner = { namespace: 'slipstream.jobs', parsedQuery: { chatId: { $eq: 'c' } }, winningPlan: root };
    const executionStages = { ...root, nReturned: 1, keysExamined: 1, docsExamined: 1 };
    const { stages, findings } = explainReport({ queryPlanner, executionStats: { executionStages } });
    expect(stages[0]?.index).toEqual({ chatId: 1, ordinal: -1 });
    expect(findings).toEqual([]);
  });
});

describe('input that is no explain result', () => {
  const deep = JSON.parse(`${'{"queryPlanner":'.repeat(2000)}1${'}'.repeat(2000)}`) as unknown;
  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['nothing', null],
    ['another object', { ok: 1 }],
    ['no stages', { stages: [] }],
  ])('is refused: %s', (_, document) => expect(() => explainReport(document)).toThrow(TypeError));
  it('is refused at any depth', () => expect(() => explainReport(deep)).toThrow('nests deeper'));
  it.each([
    [{ queryPlanner: {} }],
    [{ queryPlanner: { winningPlan: 5, parsedQuery: [] }, executionStats: 'x' }],
    [{ queryPlanner: { winningPlan: { stage: 'FETCH', inputStage: [], inputStages: [null, 5] } } }],
    [{ queryPlanner: { winningPlan: { stage: 'SORT', sortPattern: { a: {}, b: null } } } }],
    [{ queryPlanner: { parsedQuery: { $or: 5, $and: [null], a: { $in: 5 } }, winningPlan: { stage: 'COLLSCAN' } } }],
  ])('never breaks the reader: %j', (document) => {
    expect(() => explainReport(document)).not.toThrow();
  });
});
