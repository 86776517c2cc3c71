import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../explain/explain-json.js';

/** What queries have in common that differ in their values alone. */
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

const MAX_DEPTH = 8;
/** Longer lists differ in their values, not in their shape. */
const MAX_PARTS = 30;
const MAX_CHARS = 2000;
const VALUE = '?';

/** Commands that read or write documents, and where each keeps its condition and its order. */
const SHAPERS: Readonly<Record<string, (command: JsonObject) => JsonObject>> = {
  find: ({ filter, sort, projection, limit, skip }) => ({
    filter: conditionShape(filter),
    ...orderOf('sort', sort),
    ...(isObject(projection) && Object.keys(projection).length > 0 && { fields: Object.keys(projection) }),
    ...(limit ? { limit: VALUE } : {}),
    ...(skip ? { skip: VALUE } : {}),
  }),
  aggregate: ({ pipeline }) => ({ pipeline: listOf(pipeline).map(stageShape) }),
  count: ({ query }) => ({ filter: conditionShape(query) }),
  distinct: ({ key, query }) => ({ key, filter: conditionShape(query) }),
  update: ({ updates }) => ({ filter: conditionShape(first(updates).q) }),
  delete: ({ deletes }) => ({ filter: conditionShape(first(deletes).q) }),
  findAndModify: ({ query, sort }) => ({ filter: conditionShape(query), ...orderOf('sort', sort) }),
  insert: () => ({}),
};

/** @returns undefined for a command that is not about documents of a collection */
export function queryShape(name: string, command: JsonObject): QueryShape | undefined {
  const shaper = SHAPERS[name];
  const collection = command[name];
  if (!shaper || typeof collection !== 'string') return undefined;
  return new QueryShape(name, collection, JSON.stringify(shaper(command)).slice(0, MAX_CHARS));
}

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
function isPlain(value: unknown): value is JsonObject {
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

/** The driver sends the order as a Map. */
function orderOf(name: string, sort: unknown): JsonObject {
  const order = sort instanceof Map ? (Object.fromEntries(sort) as JsonObject) : sort;
  return isObject(order) && Object.keys(order).length > 0 ? { [name]: order } : {};
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MAX_PARTS) : []);
const first = (value: unknown): JsonObject => {
  const [one] = listOf(value);
  return isObject(one) ? one : {};
};
