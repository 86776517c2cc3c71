/** Purpose of a stage of a plan, as far as findings depend on it. */
export type StageKind =
  | 'collection-scan'
  | 'clustered-scan'
  | 'index-scan'
  | 'fetch'
  | 'sort'
  | 'skip'
  | 'lookup'
  | 'group'
  | 'pass'
  | 'unknown';

const names = (kind: StageKind, list: string): [string, StageKind][] =>
  list
    .trim()
    .split(/\s+/)
    .map((name) => [name, kind]);

/**
 * Stage names of MongoDB 4.4 to 8.x (classic engine, slot-based engine, sharded plans, aggregation stages).
 * @see https://www.mongodb.com/docs/manual/reference/explain-results/
 */
const KINDS: ReadonlyMap<string, StageKind> = new Map([
  ...names('collection-scan', 'COLLSCAN'),
  ...names('clustered-scan', 'CLUSTERED_IXSCAN EXPRESS_CLUSTERED_IXSCAN'),
  ...names(
    'index-scan',
    `IXSCAN EXPRESS_IXSCAN IDHACK COUNT_SCAN DISTINCT_SCAN TEXT TEXT_MATCH GEO_NEAR_2D GEO_NEAR_2DSPHERE COLUMN_SCAN
     $geoNearCursor $search $searchMeta $vectorSearch`,
  ),
  ...names('fetch', 'FETCH'),
  ...names('sort', 'SORT $sort'),
  ...names('skip', 'SKIP $skip'),
  ...names('lookup', 'EQ_LOOKUP EQ_LOOKUP_UNWIND $lookup $graphLookup'),
  ...names(
    'group',
    `GROUP $group $bucket $bucketAuto $sortByCount $count $facet $setWindowFields $densify $fill UNWIND $unwind WINDOW
     $unionWith $_internalSetWindowFields`,
  ),
  ...names(
    'pass',
    `AND_HASH AND_SORTED OR SORT_MERGE TEXT_OR LIMIT PROJECTION PROJECTION_SIMPLE PROJECTION_DEFAULT PROJECTION_COVERED
     SORT_KEY_GENERATOR RETURN_KEY SHARDING_FILTER SHARD_FILTER SHARD_MERGE SHARD_MERGE_SORT SINGLE_SHARD SHARD_WRITE
     EOF CACHED_PLAN MULTI_PLAN SUBPLAN TRIAL QUEUED_DATA COUNT RECORD_STORE_FAST_COUNT UPDATE DELETE BATCHED_DELETE
     UPSERT EXPRESS_UPDATE EXPRESS_DELETE ENSURE_SORTED MULTI_ITERATOR SPOOL MATCH REPLACE_ROOT VIRTUAL_SCAN
     SAMPLE_FROM_TIMESERIES_BUCKET UNPACK_TS_BUCKET UNPACK_SAMPLED_TS_BUCKET TS_MODIFY SENTINEL TIMESERIES_UPDATE
     HASH_JOIN_EMBEDDING NESTED_LOOP_JOIN_EMBEDDING INDEXED_NESTED_LOOP_JOIN_EMBEDDING
     $cursor $match $project $addFields $set $unset $replaceRoot $replaceWith $limit $sample $redact $out $merge
     $indexStats $collStats $documents $changeStream $mergeCursors $sharedFilter $_internalUnpackBucket
     $_internalInhibitOptimization $_internalSplitPipeline $_internalSearchMongotRemote $_internalSearchIdLookup
     $_internalShardFilter $_internalStreamingGroup $_internalComputeGeoNearDistance $_internalBoundedSort`,
  ),
]);

/** `unknown` for a name that this table lacks: a later server's, perhaps. */
export const stageKind = (name: string): StageKind => KINDS.get(name) ?? 'unknown';
