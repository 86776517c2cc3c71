import { isObject, objectsOf, type JsonObject } from './explain-json.js';

/** Which fields one branch of a condition compares, in the order they appear. */
export interface Predicate {
  /** Compared with one value, or with a short list of values. */
  equal: string[];
  /** Compared with an interval, or with the begin of a text. */
  range: string[];
  /** Whether a part of the condition needs an index of another kind (text, geo), or none can serve it ($where). */
  isSpecial: boolean;
}

/** More branches than this are not advised on: each would need an index of its own. */
const MAX_BRANCHES = 4;
/** Up to here the server treats a list as separate equalities. */
const MAX_IN_VALUES = 200;

const RANGE_OPERATORS = new Set(['$gt', '$gte', '$lt', '$lte', '$_internalExprGt', '$_internalExprLt']);
const EQUAL_OPERATORS = new Set(['$eq', '$all', '$_internalExprEq']);
const SPECIAL_OPERATORS = new Set(['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$text', '$where']);
/** Values of extended JSON, which look like operators. */
const VALUE_WRAPPERS = new Set([
  '$oid',
  '$date',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$binary',
  '$uuid',
  '$timestamp',
  '$regularExpression',
  '$minKey',
  '$maxKey',
  '$symbol',
]);

/**
 * The branches of a condition: one without `$or`, one for each alternative with it, the common part in each.
 * @returns nothing when a branch has no field that an ordinary index can serve
 */
export function branchesOf(filter: JsonObject): Predicate[] {
  const common: Predicate = { equal: [], range: [], isSpecial: false };
  const alternatives: JsonObject[][] = [];
  collect(filter, '', common, alternatives);
  const branches = expand(common, alternatives);
  return branches.every(({ equal, range, isSpecial }) => !isSpecial && equal.length + range.length > 0) ? branches : [];
}

/** Only one `$or` is expanded: with two, the server uses an index for one of them at most. */
function expand(common: Predicate, alternatives: JsonObject[][]): Predicate[] {
  const [branches] = alternatives.filter((list) => list.length <= MAX_BRANCHES);
  if (!branches) return [common];
  return branches.map((branch) => {
    const own = { equal: [...common.equal], range: [...common.range], isSpecial: common.isSpecial };
    collect(branch, '', own, []);
    return own;
  });
}

function collect(filter: JsonObject, prefix: string, into: Predicate, alternatives: JsonObject[][]): void {
  for (const [name, operand] of Object.entries(filter)) {
    if (name === '$and') objectsOf(operand).forEach((part) => collect(part, prefix, into, alternatives));
    else if (name === '$or') alternatives.push(objectsOf(operand));
    else if (SPECIAL_OPERATORS.has(name)) into.isSpecial = true;
    else if (!name.startsWith('$')) compare(prefix + name, operand, into);
  }
}

function compare(field: string, operand: unknown, into: Predicate): void {
  if (!isOperators(operand)) return add(into.equal, field);
  for (const [operator, value] of Object.entries(operand)) {
    if (SPECIAL_OPERATORS.has(operator)) into.isSpecial = true;
    else if (operator === '$elemMatch' && isObject(value)) matchElements(field, value, into);
    else if (isEquality(operator, value)) add(into.equal, field);
    else if (isRange(operator, value)) add(into.range, field);
  }
}

function matchElements(field: string, condition: JsonObject, into: Predicate): void {
  if (isOperators(condition)) compare(field, condition, into);
  else collect(condition, `${field}.`, into, []);
}

const isEquality = (operator: string, value: unknown): boolean =>
  EQUAL_OPERATORS.has(operator) || (operator === '$in' && Array.isArray(value) && value.length <= MAX_IN_VALUES);

/** A pattern bounds an index scan only if it begins with a literal text. */
const isRange = (operator: string, value: unknown): boolean =>
  RANGE_OPERATORS.has(operator) ||
  operator === '$in' ||
  (operator === '$regex' && typeof value === 'string' && /^\^[\w -]/.test(value));

function isOperators(operand: unknown): operand is JsonObject {
  const [first] = isObject(operand) ? Object.keys(operand) : [];
  return first !== undefined && first.startsWith('$') && !VALUE_WRAPPERS.has(first);
}

function add(fields: string[], field: string): void {
  if (!fields.includes(field)) fields.push(field);
}
