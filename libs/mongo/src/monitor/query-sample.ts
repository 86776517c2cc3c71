import { mongo } from 'mongoose';
import { isObject, objectsOf, type JsonObject } from '../explain/explain-json.js';
import { firstStatement } from './first-statement.js';
import type { QueryShape } from './query-shape.js';

/** A read that `explain` can run: of a write, the read that finds its documents. It contains values. */
export type QuerySample = JsonObject;

/** Larger commands (a `$in` with thousands of values) are not kept. */
const MAX_BYTES = 16 * 1024;

const SERVER_STAGES = new Set(['$indexStats', '$collStats', '$planCacheStats', '$changeStream', '$currentOp']);

const SAMPLERS: Readonly<Record<string, (command: JsonObject) => JsonObject | undefined>> = {
  find: ({ find, filter, sort, projection, limit, skip }) => ({ find, filter, sort, projection, limit, skip }),
  aggregate: ({ aggregate, pipeline }) =>
    writes(pipeline) || isAboutServer(pipeline) ? undefined : { aggregate, pipeline, cursor: {} },
  count: ({ count, query, limit, skip }) => ({ count, query, limit, skip }),
  distinct: ({ distinct, key, query }) => ({ distinct, key, query }),
  update: ({ update, updates }) => oneOf(update, updates, ({ multi }) => multi === true),
  delete: ({ delete: collection, deletes }) => oneOf(collection, deletes, ({ limit }) => limit === 0),
  findAndModify: ({ findAndModify, query, sort }) => ({ find: findAndModify, filter: query, sort, limit: 1 }),
};

/** @returns undefined for a command that has no read, or is too large to be kept */
export function sampleOf({ operation }: QueryShape, command: JsonObject): QuerySample | undefined {
  const sample = operation in command ? SAMPLERS[operation]?.(command) : undefined;
  if (!sample) return undefined;
  const given = Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== undefined));
  return mongo.BSON.calculateObjectSize(given) <= MAX_BYTES ? given : undefined;
}

/** The read of the first statement of a write. */
function oneOf(
  find: unknown,
  statements: unknown,
  isMulti: (statement: JsonObject) => boolean,
): JsonObject | undefined {
  const first = firstStatement(statements);
  return first && { find, filter: first.q, ...(isMulti(first) ? {} : { limit: 1 }) };
}

/** Such a pipeline reads no documents, so it has no plan. */
const isAboutServer = (pipeline: unknown): boolean =>
  Object.keys(objectsOf(pipeline)[0] ?? {}).some((stage) => SERVER_STAGES.has(stage));

const writes = (pipeline: unknown): boolean =>
  objectsOf(pipeline).some((stage) => isObject(stage) && ('$out' in stage || '$merge' in stage));
