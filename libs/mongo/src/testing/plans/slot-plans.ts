import type { DocumentedPlan } from './documented-plan.js';

type Stage = Record<string, unknown>;
const plan = (name: string, planNodeId: number, extra: object, ...inputs: Stage[]): Stage => ({
  stage: name,
  planNodeId,
  ...extra,
  ...(inputs.length === 1 ? { inputStage: inputs[0] } : inputs.length > 1 ? { inputStages: inputs } : {}),
});
const slot = (name: string, planNodeId: number, nReturned: number, extra: object = {}, inputStage?: Stage): Stage => ({
  stage: name,
  planNodeId,
  nReturned,
  executionTimeMillisEstimate: 0,
  opens: 1,
  closes: 1,
  isEOF: 1,
  ...extra,
  ...(inputStage && { inputStage }),
});

/** The query plan is nested, and beside it is the text of the slot-based plan; figures belong to `planNodeId`. */
const explainedSlots = (
  queryPlan: Stage,
  executionStages: Stage,
  command: object = { find: 'chats', filter: { a: 1 } },
) => ({
  explainVersion: '2',
  queryPlanner: {
    namespace: 'slipstream.chats',
    indexFilterSet: false,
    parsedQuery: { a: { $eq: 1 } },
    planCacheKey: 'C3E8F2A1',
    optimizationTimeMillis: 0,
    winningPlan: {
      isCached: false,
      queryPlan,
      slotBasedPlan: { slots: '$$RESULT=s5 env: { s1 = Nothing (nothing) }', stages: '[2] nlj inner [] [s3, s4] …' },
    },
    rejectedPlans: [],
  },
  executionStats: { executionSuccess: true, nReturned: executionStages.nReturned, executionStages },
  command,
  ok: 1,
});

const ixscan = plan('IXSCAN', 1, { keyPattern: { a: 1 }, indexName: 'a_1', isMultiKey: false, direction: 'forward' });
const fetch = plan('FETCH', 2, {}, ixscan);
const seek = (documents: number) =>
  slot('limit', 2, documents, {}, slot('seek', 2, documents, { numReads: documents }));
const read = (keys: number, documents: number, returned: number): Stage => ({
  ...slot('nlj', 2, returned, { totalDocsExamined: documents, totalKeysExamined: keys }),
  innerStage: seek(documents),
  outerStage: slot('cfilter', 1, keys, {}, slot('ixseek', 1, keys, { numReads: keys })),
});
const above = (name: string, extra: object = {}) => plan(name, 3, extra, fetch);

/** Plans of the slot-based engine (`explainVersion: "2"`), of MongoDB 7 and 8. */
export const slotPlans: DocumentedPlan[] = [
  { name: 'slots: FETCH over IXSCAN', document: explainedSlots(fetch, read(4, 4, 4)), stages: ['FETCH', '  IXSCAN'] },
  {
    name: 'slots: COLLSCAN',
    document: explainedSlots(
      plan('COLLSCAN', 1, { filter: { a: { $eq: 1 } }, direction: 'forward' }),
      slot('filter', 1, 3, { numTested: 5000 }, slot('scan', 1, 5000, { numReads: 5000 })),
    ),
    stages: ['COLLSCAN'],
    findings: [['collection_scan', { a: 1 }]],
  },
  {
    name: 'slots: GROUP',
    document: explainedSlots(
      above('GROUP'),
      slot('mkbson', 3, 2, {}, slot('group', 3, 2, { usedDisk: false }, read(4, 4, 4))),
      { aggregate: 'chats' },
    ),
    stages: ['GROUP', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'slots: GROUP that spilled',
    document: explainedSlots(above('GROUP'), slot('group', 3, 2, { usedDisk: true, spills: 4 }, read(4, 4, 4)), {
      aggregate: 'chats',
    }),
    stages: ['GROUP', '  FETCH', '    IXSCAN'],
    findings: [['spilled_to_disk']],
  },
  ...['UNWIND', 'WINDOW', 'MATCH', 'REPLACE_ROOT', 'PROJECTION_DEFAULT', 'UNPACK_TS_BUCKET'].map((name) => ({
    name: `slots: ${name}`,
    document: explainedSlots(above(name), slot('project', 3, 4, {}, read(4, 4, 4)), { aggregate: 'chats' }),
    stages: [name, '  FETCH', '    IXSCAN'],
  })),
  ...['IndexedLoopJoin', 'DynamicIndexedLoopJoin', 'NonExistentForeignCollection', 'HashJoin', 'NestedLoopJoin'].map(
    (strategy) => ({
      name: `slots: EQ_LOOKUP, ${strategy}`,
      document: explainedSlots(
        above('EQ_LOOKUP', {
          foreignCollection: 'slipstream.jobs',
          localField: '_id',
          foreignField: 'chatId',
          asField: 'jobs',
          strategy,
        }),
        slot('mkbson', 3, 4, {}, read(4, 4, 4)),
        { aggregate: 'chats' },
      ),
      stages: ['EQ_LOOKUP', '  FETCH', '    IXSCAN'],
      findings: ['HashJoin', 'NestedLoopJoin'].includes(strategy) ? [['join_without_index', { chatId: 1 }]] : [],
    }),
  ),
  {
    name: 'slots: EQ_LOOKUP_UNWIND',
    document: explainedSlots(
      above('EQ_LOOKUP_UNWIND', {
        foreignCollection: 'slipstream.jobs',
        foreignField: 'chatId',
        strategy: 'IndexedLoopJoin',
      }),
      slot('mkbson', 3, 4, {}, read(4, 4, 4)),
      { aggregate: 'chats' },
    ),
    stages: ['EQ_LOOKUP_UNWIND', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'slots: COLUMN_SCAN',
    document: explainedSlots(plan('COLUMN_SCAN', 1, { matchFields: ['a'] }), slot('columnscan', 1, 4)),
    stages: ['COLUMN_SCAN'],
  },
  {
    name: 'slots: a sort, and an index that selects poorly',
    document: explainedSlots(
      plan('SORT', 3, { sortPattern: { at: 1 } }, plan('FETCH', 2, { filter: { b: { $eq: 1 } } }, ixscan)),
      slot('sort', 3, 3, {}, read(4000, 4000, 3)),
    ),
    stages: ['SORT', '  FETCH', '    IXSCAN'],
    findings: [
      ['in_memory_sort', { a: 1, at: 1 }],
      ['poor_selectivity', { a: 1, at: 1 }],
    ],
  },
];
