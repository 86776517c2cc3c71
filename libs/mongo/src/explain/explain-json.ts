/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The objects of a list; anything else is left out. */
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const NUMBER_WRAPPERS = ['$numberInt', '$numberLong', '$numberDouble', '$numberDecimal'];

/** A number, plain or in MongoDB's extended JSON (`{"$numberLong": "5"}`). */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const wrapper = isObject(value) ? NUMBER_WRAPPERS.find((name) => name in value) : undefined;
  if (wrapper === undefined) return undefined;
  const number = Number((value as JsonObject)[wrapper]);
  return Number.isFinite(number) ? number : undefined;
}
