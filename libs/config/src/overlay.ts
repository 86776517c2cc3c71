/** Merges `over` into `under`, section by section. Lists and plain values are replaced whole. */
export function overlay(under: object, over: object): object {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    result.set(key, isSection(below) && isSection(value) ? overlay(below, value) : value);
  }
  return Object.fromEntries(result);
}

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
