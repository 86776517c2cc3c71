import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../explain/explain-json.js';
import { firstStatement } from './first-statement.js';

/** The common form of queries that differ only in their values. */
export class QueryShape {
  private hash?: string;

  constructor(
    /** The command's name: `find`, `aggregate`, `update`, … */
    readonly operation: string,
    readonly collection: string,
    /** Condition, order and returned fields, without any value of a document: `{"filter":{"userId":"?"}}`. */
    readonly text: string,
  ) {}

  /** Equal for equal shapes. */
  get key(): string {
    return `${this.operation} ${this.collection} ${this.text}`;
  }

  /** Stable over processes: the first 12 hex digits of the SHA-256 of {@link key}. */
  get id(): string {
    return (this.hash ??= createHash('sha256').update(this.key).digest('hex').slice(0, 12));
  }
}

export const MAX_DEPTH = 8;
/** Longer lists differ in their values, not in their shape. */
export const MAX_PARTS = 30;
const MAX_CHARS = 2000;
const VALUE = '?';

/** The parts of a command that its shape is made of. */
export interface ShapeParts {
  readonly key?: unknown;
  readonly filter?: unknown;
  /** The driver sends the order as a Map. */
  readonly sort?: JsonObject | ReadonlyMap<string, unknown>;
  readonly projection?: JsonObject;
  readonly limit?: unknown;
  readonly skip?: unknown;
}

/** Commands that read or write documents, and where each keeps its condition and its order. */
const PARTS: Readonly<Record<string, (command: JsonObject) => ShapeParts>> = {
  find: ({ filter, sort, projection, limit, skip }) => ({
    filter,
    sort: sortOf(sort),
    projection: isObject(projection) ? projection : undefined,
    limit,
    skip,
  }),
  count: ({ query }) => ({ filter: query }),
  distinct: ({ key, query }) => ({ key, filter: query }),
  update: ({ updates }) => ({ filter: firstStatement(updates)?.q }),
  delete: ({ deletes }) => ({ filter: firstStatement(deletes)?.q }),
  findAndModify: ({ query, sort }) => ({ filter: query, sort: sortOf(sort) }),
};

/** @returns undefined for a command whose shape is made of more than these parts */
export const partsOf = (name: string, command: JsonObject): ShapeParts | undefined => PARTS[name]?.(command);

/** @returns undefined for a command that is not about documents of a collection */
export function queryShape(name: string, command: JsonObject): QueryShape | undefined {
  const collection = command[name];
  const shape = typeof collection === 'string' ? shapeOf(name, command) : undefined;
  return shape && new QueryShape(name, collection as string, JSON.stringify(shape).slice(0, MAX_CHARS));
}

function shapeOf(name: string, command: JsonObject): JsonObject | undefined {
  if (name === 'insert') return {};
  if (name === 'aggregate') return { pipeline: listOf(command.pipeline).map(stageShape) };
  const parts = partsOf(name, command);
  return parts && shapeOfParts(parts);
}

const shapeOfParts = ({ key, filter, sort, projection, limit, skip }: ShapeParts): JsonObject => ({
  ...(key !== undefined && { key }),
  filter: conditionShape(filter),
  ...orderOf(sort),
  ...(projection && Object.keys(projection).length > 0 && { fields: Object.keys(projection) }),
  ...(limit ? { limit: VALUE } : {}),
  ...(skip ? { skip: VALUE } : {}),
});

/** Field names and operators of a condition; every value becomes `?`. */
export function conditionShape(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return VALUE;
  if (Array.isArray(value)) return distinctShapes(value, depth);
  if (!isPlain(value)) return VALUE;
  const entries = Object.entries(value).slice(0, MAX_PARTS);
  return Object.fromEntries(entries.map(([name, inner]) => [name, conditionShape(inner, depth + 1)]));
}

/** `$in` with ten values has the shape of `$in` with one; alternatives of one shape count once. */
function distinctShapes(values: readonly unknown[], depth: number): unknown {
  const shapes = values.slice(0, MAX_PARTS).map((value) => JSON.stringify(conditionShape(value, depth + 1)));
  return [...new Set(shapes)].map((text): unknown => JSON.parse(text));
}

/** BSON types and dates are values, whatever fields their objects have. */
export function isPlain(value: unknown): value is JsonObject {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function stageShape(stage: unknown): unknown {
  if (!isPlain(stage)) return VALUE;
  const [name = VALUE] = Object.keys(stage);
  const body = stage[name];
  if (name === '$match') return { [name]: conditionShape(body) };
  if (name === '$sort') return { [name]: body };
  if (name === '$lookup' && isPlain(body))
    return { [name]: { from: body.from, localField: body.localField, foreignField: body.foreignField } };
  return { [name]: isPlain(body) ? Object.keys(body).slice(0, MAX_PARTS) : VALUE };
}

const sortOf = (sort: unknown): ShapeParts['sort'] =>
  sort instanceof Map ? (sort as ReadonlyMap<string, unknown>) : isObject(sort) ? sort : undefined;

function orderOf(sort: ShapeParts['sort']): JsonObject {
  const order = sort instanceof Map ? Object.fromEntries(sort as ReadonlyMap<string, unknown>) : sort;
  return isObject(order) && Object.keys(order).length > 0 ? { sort: order } : {};
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MAX_PARTS) : []);
