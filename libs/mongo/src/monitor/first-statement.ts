import { isObject, type JsonObject } from '../explain/explain-json.js';

/**
 * The first statement of a write command.
 * @param statements a list, or, of a bulk write, the driver's document sequence, which has the list in `documents`
 */
export function firstStatement(statements: unknown): JsonObject | undefined {
  const list = isObject(statements) && !Array.isArray(statements) ? statements.documents : statements;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return isObject(first) ? first : undefined;
}
