/** A value as it is kept, and for how long it is good. Times are ms since the epoch. */
export interface Entry {
  /** Absent: it is known that there is none. */
  readonly value?: unknown;
  readonly freshUntil: number;
  /** Until when it may be given once more while it is being loaded anew. */
  readonly staleUntil: number;
  /** Until when it may be given because loading it anew failed. */
  readonly graceUntil: number;
}

/**
 * `2:`, when it is fresh until, how long after that it may be stale and how long it is a grace (base 36, ms), and its JSON. The mark
 * also keeps cache-manager-ioredis-yet's serialiser (telejson) from seeing one of its own notations in it, which it would turn into a
 * date, a symbol or a function.
 */
const FORM = /^2:([0-9a-z]{1,10}),([0-9a-z]{1,10}),([0-9a-z]{1,10}):/;

/** @returns undefined when the value has no JSON (a function, a BigInt, a cycle); undefined itself is kept as "there is none" */
export function encode({ value, freshUntil, staleUntil, graceUntil }: Entry): string | undefined {
  try {
    const json: string | undefined = value === undefined ? '' : JSON.stringify(value);
    return json === undefined ? undefined : `2:${[freshUntil, staleUntil - freshUntil, graceUntil - freshUntil].map((ms) => Math.max(0, Math.round(ms)).toString(36)).join()}:${json}`;
  } catch {
    return undefined;
  }
}

/** @returns undefined when the text is not one of ours */
export function decode(text: string): Entry | undefined {
  const head = FORM.exec(text);
  if (!head) return undefined;
  const json = text.slice(head[0].length);
  const [freshUntil = 0, staleMs = 0, graceMs = 0] = head.slice(1).map((digits) => parseInt(digits, 36));
  const times = { freshUntil, staleUntil: freshUntil + staleMs, graceUntil: freshUntil + graceMs };
  try {
    return json === '' ? times : { value: JSON.parse(json) as unknown, ...times };
  } catch {
    return undefined;
  }
}

/** How long a text of ours is fresh, in ms; 0 when it isn't. Without a look at the value. */
export function freshMsOf(text: string, now: number): number {
  const [, digits] = FORM.exec(text) ?? [];
  return digits === undefined ? 0 : Math.max(0, parseInt(digits, 36) - now);
}
