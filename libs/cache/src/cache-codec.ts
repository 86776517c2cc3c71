/**
 * Marks a text as ours, and says how it is written. It also keeps cache-manager-ioredis-yet's serialiser (telejson) from seeing
 * one of its own notations in it, which it would turn into a date, a symbol or a function.
 */
const MARK = '1:';

/** @returns undefined when the value has no JSON (undefined, a function, a BigInt, a cycle) */
export function encode(value: unknown): string | undefined {
  try {
    const json: string | undefined = JSON.stringify(value);
    return json === undefined ? undefined : MARK + json;
  } catch {
    return undefined;
  }
}

/** @returns undefined when the text is not one of ours; a box otherwise, since every value of JSON is a value */
export function decode(text: string): { value: unknown } | undefined {
  if (!text.startsWith(MARK)) return undefined;
  try {
    return { value: JSON.parse(text.slice(MARK.length)) };
  } catch {
    return undefined;
  }
}
