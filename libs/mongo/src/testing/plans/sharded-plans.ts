import type { DocumentedPlan } from './documented-plan.js';

const parsedQuery = { a: { $eq: 1 } };
const planned = { stage: 'FETCH', inputStage: { stage: 'IXSCAN', keyPattern: { a: 1 }, indexName: 'a_1' } };
const executed = {
  stage: 'FETCH',
  nReturned: 2,
  docsExamined: 2,
  inputStage: { stage: 'IXSCAN', nReturned: 2, keysExamined: 2, keyPattern: { a: 1 }, indexName: 'a_1' },
};
const scan = { stage: 'COLLSCAN', filter: parsedQuery, direction: 'forward' };
const shard = (shardName: string, winningPlan: object) => ({
  shardName,
  explainVersion: '1',
  connectionString: `${shardName}/127.0.0.1:27018`,
  namespace: 'slipstream.chats',
  parsedQuery,
  winningPlan,
  rejectedPlans: [],
});
const execution = (shardName: string, executionStages: object) => ({
  shardName,
  executionSuccess: true,
  nReturned: 2,
  executionStages,
});

/** What `mongos` returns: one plan for each shard. */
const explainedShards = (
  stage: string,
  shards: [string, object, object][],
  command: object = { find: 'chats', filter: { a: 1 } },
) => ({
  queryPlanner: { winningPlan: { stage, shards: shards.map(([name, plan]) => shard(name, plan)) } },
  executionStats: {
    nReturned: 2 * shards.length,
    executionStages: {
      stage,
      nReturned: 2 * shards.length,
      totalChildMillis: 3,
      shards: shards.map(([name, , run]) => execution(name, run)),
    },
  },
  command,
  ok: 1,
});

/** The query engine's part of an aggregation. */
const cursor = (collection: string, winningPlan: object, executionStages: object) => ({
  $cursor: {
    queryPlanner: { namespace: `slipstream.${collection}`, parsedQuery, winningPlan },
    executionStats: { executionSuccess: true, nReturned: 2, executionStages },
  },
  nReturned: 2,
  executionTimeMillisEstimate: 0,
});
const chats = cursor('chats', planned, executed);
const pipeline = (...later: object[]) => ({
  explainVersion: '1',
  stages: [chats, ...later],
  command: { aggregate: 'chats' },
});
const withScan = { ...scan, nReturned: 2, docsExamined: 900 };
const advice = [['collection_scan', { a: 1 }]];

/** Sharded plans, and aggregations whose later stages run outside of the query engine. */
export const shardedPlans: DocumentedPlan[] = [
  {
    name: 'SINGLE_SHARD',
    document: explainedShards('SINGLE_SHARD', [['s1', planned, executed]]),
    stages: ['FETCH', '  IXSCAN'],
  },
  {
    name: 'SHARD_MERGE of an index scan and a collection scan',
    document: explainedShards('SHARD_MERGE', [
      ['s1', planned, executed],
      ['s2', scan, withScan],
    ]),
    stages: ['FETCH', '  IXSCAN', 'COLLSCAN'],
    findings: advice,
  },
  {
    name: 'SHARD_MERGE_SORT',
    document: explainedShards('SHARD_MERGE_SORT', [
      ['s1', planned, executed],
      ['s2', planned, executed],
    ]),
    stages: ['FETCH', '  IXSCAN', 'FETCH', '  IXSCAN'],
  },
  {
    name: 'SHARD_WRITE',
    document: explainedShards(
      'SHARD_WRITE',
      [
        [
          's1',
          { stage: 'UPDATE', inputStage: planned },
          { stage: 'UPDATE', nReturned: 0, nMatched: 2, inputStage: executed },
        ],
      ],
      { update: 'chats' },
    ),
    stages: ['UPDATE', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'an aggregation of shards',
    document: {
      mergeType: 'mongos',
      splitPipeline: { shardsPart: [], mergerPart: [] },
      shards: {
        s1: { host: 'h', stages: [chats, { $group: { _id: '$b' }, nReturned: 2 }] },
        s2: { queryPlanner: { namespace: 'slipstream.chats', parsedQuery, winningPlan: scan } },
      },
      command: { aggregate: 'chats' },
    },
    stages: ['$group', '  FETCH', '    IXSCAN', 'COLLSCAN'],
    findings: advice,
  },
  ...[
    '$match',
    '$project',
    '$addFields',
    '$group',
    '$unwind',
    '$facet',
    '$bucketAuto',
    '$setWindowFields',
    '$limit',
    '$merge',
  ].map((name) => ({
    name,
    document: pipeline({ [name]: { a: 1 }, nReturned: 2 }),
    stages: [name, '  FETCH', '    IXSCAN'],
  })),
  {
    name: '$sort',
    document: pipeline({
      $sort: { sortKey: { at: -1 } },
      totalDataSizeSortedBytesEstimate: 99,
      usedDisk: false,
      nReturned: 2,
    }),
    stages: ['$sort', '  FETCH', '    IXSCAN'],
    findings: [['in_memory_sort', { a: 1, at: -1 }]],
  },
  ...[0, 2].map((scans) => ({
    name: `$lookup, ${scans} collection scans`,
    document: pipeline({
      $lookup: { from: 'jobs', as: 'jobs', localField: '_id', foreignField: 'chatId' },
      totalDocsExamined: 8,
      totalKeysExamined: scans ? 0 : 8,
      collectionScans: scans,
      indexesUsed: scans ? [] : ['chatId_1'],
      nReturned: 2,
    }),
    stages: ['$lookup', '  FETCH', '    IXSCAN'],
    findings: scans ? [['join_without_index', { chatId: 1 }]] : [],
  })),
  {
    name: '$geoNearCursor',
    document: {
      stages: [
        {
          $geoNearCursor: {
            queryPlanner: {
              namespace: 'slipstream.places',
              parsedQuery: { place: { $nearSphere: [1, 2] } },
              winningPlan: { stage: 'GEO_NEAR_2DSPHERE', keyPattern: { place: '2dsphere' } },
            },
          },
        },
        { $limit: 5 },
      ],
    },
    stages: ['$limit', '  GEO_NEAR_2DSPHERE'],
  },
  {
    name: '$unionWith, whose own pipeline scans',
    document: pipeline({
      $unionWith: { coll: 'jobs', pipeline: [cursor('jobs', scan, withScan), { $project: { a: 1 } }] },
      nReturned: 4,
    }),
    stages: ['$unionWith', '  FETCH', '    IXSCAN', '$project', '  COLLSCAN'],
    findings: advice,
  },
];
