import { explained, fetched, scanned, stage } from '../explained.js';
import type { DocumentedPlan } from './documented-plan.js';

const A = { a: { $eq: 1 } };
const over = (name: string, extra: object, ...inputs: object[]) =>
  stage(name, [undefined, undefined, 0], extra, ...inputs);
const found = fetched({ a: 1 }, [1, 1, 1]);
const scan = stage('COLLSCAN', [undefined, 900, 1], { filter: A, direction: 'forward' });
/** Express stages give their key as text. */
const express = (name: string, extra: object = {}) =>
  stage(name, [1, 1, 1], { isCached: false, keyPattern: '{ a: 1 }', indexName: 'a_1', ...extra });
const clustered = stage('EXPRESS_CLUSTERED_IXSCAN', [undefined, 1, 1], { isCached: false, keyPattern: '{ _id: 1 }' });
const scanAdvice = [['collection_scan', { a: 1 }]];

/** Commands that return no documents, and the express stages of MongoDB 8. */
export const commandPlans: DocumentedPlan[] = [
  {
    name: 'EXPRESS_IXSCAN',
    document: explained({ find: 'chats', filter: A }, express('EXPRESS_IXSCAN')),
    stages: ['EXPRESS_IXSCAN'],
  },
  {
    name: 'EXPRESS_CLUSTERED_IXSCAN',
    document: explained({ find: 'chats', filter: { _id: { $eq: 1 } } }, clustered),
    stages: ['EXPRESS_CLUSTERED_IXSCAN'],
  },
  {
    name: 'EXPRESS_UPDATE',
    document: explained(
      { update: 'chats', filter: A },
      over('EXPRESS_UPDATE', { nMatched: 1, nWouldModify: 1 }, express('EXPRESS_IXSCAN')),
    ),
    stages: ['EXPRESS_UPDATE', '  EXPRESS_IXSCAN'],
  },
  {
    name: 'EXPRESS_DELETE',
    document: explained(
      { delete: 'chats', filter: { _id: { $eq: 1 } } },
      over('EXPRESS_DELETE', { nWouldDelete: 1 }, clustered),
    ),
    stages: ['EXPRESS_DELETE', '  EXPRESS_CLUSTERED_IXSCAN'],
  },
  {
    name: 'UPDATE',
    document: explained({ update: 'chats', filter: A }, over('UPDATE', { nMatched: 1, nWouldUpsert: 0 }, found)),
    stages: ['UPDATE', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'UPDATE that scans',
    document: explained({ update: 'chats', filter: A }, over('UPDATE', { nMatched: 1 }, scan)),
    stages: ['UPDATE', '  COLLSCAN'],
    findings: scanAdvice,
  },
  {
    name: 'UPSERT',
    document: explained({ update: 'chats', filter: A }, over('UPSERT', { nWouldUpsert: 1 }, found)),
    stages: ['UPSERT', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'DELETE',
    document: explained({ delete: 'chats', filter: A }, over('DELETE', { nWouldDelete: 1 }, scan)),
    stages: ['DELETE', '  COLLSCAN'],
    findings: scanAdvice,
  },
  {
    name: 'BATCHED_DELETE',
    document: explained({ delete: 'chats', filter: A }, over('BATCHED_DELETE', { nWouldDelete: 1 }, found)),
    stages: ['BATCHED_DELETE', '  FETCH', '    IXSCAN'],
  },
  {
    name: 'SPOOL under DELETE',
    document: explained(
      { delete: 'chats', filter: A },
      over('DELETE', {}, over('SPOOL', { usedDisk: true, spills: 1 }, found)),
    ),
    stages: ['DELETE', '  SPOOL', '    FETCH', '      IXSCAN'],
    findings: [['spilled_to_disk']],
  },
  {
    name: 'findAndModify',
    document: explained(
      { findAndModify: 'chats', query: A },
      over('UPDATE', { nMatched: 1 }, over('SORT', { sortPattern: { at: 1 }, limitAmount: 1 }, found)),
    ),
    stages: ['UPDATE', '  SORT', '    FETCH', '      IXSCAN'],
    findings: [['in_memory_sort', { a: 1, at: 1 }]],
  },
  {
    name: 'COUNT over COUNT_SCAN',
    document: explained(
      { count: 'chats', query: A },
      over('COUNT', { nCounted: 9000 }, scanned({ a: 1 }, [9001, 9000], 'COUNT_SCAN')),
    ),
    stages: ['COUNT', '  COUNT_SCAN'],
  },
  {
    name: 'RECORD_STORE_FAST_COUNT',
    document: explained({ count: 'chats', query: {} }, over('RECORD_STORE_FAST_COUNT', { nCounted: 9000 })),
    stages: ['RECORD_STORE_FAST_COUNT'],
  },
  {
    name: 'DISTINCT_SCAN',
    document: explained(
      { distinct: 'chats', key: 'a', query: {} },
      over('PROJECTION_COVERED', { transformBy: { a: 1, _id: 0 } }, scanned({ a: 1 }, [10, 9], 'DISTINCT_SCAN')),
    ),
    stages: ['PROJECTION_COVERED', '  DISTINCT_SCAN'],
  },
  {
    name: 'DISTINCT_SCAN of MongoDB 8, which fetches',
    document: explained(
      { distinct: 'chats', key: 'a', query: {} },
      stage('DISTINCT_SCAN', [10, 9, 9], {
        keyPattern: { a: 1 },
        indexName: 'a_1',
        isFetching: true,
        isShardFiltering: false,
      }),
    ),
    stages: ['DISTINCT_SCAN'],
  },
  {
    name: 'TS_MODIFY over a clustered scan',
    document: explained(
      { delete: 'system.buckets.t', filter: A },
      over(
        'TS_MODIFY',
        { opType: 'deleteMany', bucketFilter: {}, residualFilter: A },
        stage('CLUSTERED_IXSCAN', [undefined, 9, 9]),
      ),
    ),
    stages: ['TS_MODIFY', '  CLUSTERED_IXSCAN'],
  },
  ...['UNPACK_TS_BUCKET', 'SAMPLE_FROM_TIMESERIES_BUCKET'].map((name) => ({
    name,
    document: explained(
      { aggregate: 'system.buckets.t', filter: {} },
      over(name, { nBucketsUnpacked: 9 }, stage('CLUSTERED_IXSCAN', [undefined, 9, 9])),
    ),
    stages: [name, '  CLUSTERED_IXSCAN'],
  })),
  {
    name: 'a stage of a later version',
    document: explained({ find: 'chats', filter: A }, over('HYPER_SCAN', {}, found)),
    stages: ['HYPER_SCAN', '  FETCH', '    IXSCAN'],
    findings: [['unknown_stage']],
  },
];
