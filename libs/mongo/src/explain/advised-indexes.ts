import type { ExplainedPlan, KeyPattern } from './plan-stage.js';
import { branchesOf, type Predicate } from './predicate.js';

/** Longer keys cost every write and seldom help a read. */
const MAX_FIELDS = 5;

/**
 * The indexes that serve an operation: one for each branch of its `$or`, else one. Fields are in the order equality,
 * sort, range, so that the scan is bounded, returns documents in order, and checks ranges on keys.
 * @param sort that the index also provides; absent for none
 * @returns nothing if no ordinary index can serve the condition and the order
 * @see https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/
 */
export function advisedIndexes(filter: ExplainedPlan['filter'], sort: KeyPattern | undefined): KeyPattern[] {
  const order = sort && isIndexable(sort) ? sort : {};
  const branches = branchesOf(filter);
  if (branches.length === 0 && Object.keys(filter).length > 0) return [];
  const keys = (branches.length > 0 ? branches : [NO_CONDITION]).map((branch) => keyFor(branch, order));
  return keys.every((key) => Object.keys(key).length > 0 && !isPrimary(key)) ? distinct(keys) : [];
}

const NO_CONDITION: Predicate = { equal: [], range: [], isSpecial: false };

function keyFor({ equal, range }: Predicate, sort: KeyPattern): KeyPattern {
  const key: Record<string, number | string> = {};
  for (const field of equal) key[field] = 1;
  for (const [field, direction] of Object.entries(sort)) key[field] ??= direction;
  for (const field of range) key[field] ??= 1;
  return Object.fromEntries(Object.entries(key).slice(0, MAX_FIELDS));
}

/** A sort by score or by distance is not one by fields. */
const isIndexable = (sort: KeyPattern): boolean =>
  Object.entries(sort).every(([field, direction]) => !field.startsWith('$') && Math.abs(Number(direction)) === 1);

/** The index on `_id` exists in every collection, and no other field narrows one document further. */
const isPrimary = (key: KeyPattern): boolean => Object.keys(key)[0] === '_id';

/** Whether a scan of `existing` can do all that `advised` can: it begins with the same fields in the same order. */
export function isServedBy(advised: KeyPattern, existing: KeyPattern): boolean {
  const [want, have] = [Object.entries(advised), Object.entries(existing)];
  const flip = want[0]?.[1] === have[0]?.[1] ? 1 : -1;
  return want.every(([field, order], place) => {
    const [field2, order2] = have[place] ?? [];
    return field === field2 && (order === order2 || Number(order) === Number(order2) * flip);
  });
}

function distinct(keys: KeyPattern[]): KeyPattern[] {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}
