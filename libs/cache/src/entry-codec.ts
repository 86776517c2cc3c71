import { isFromTheFuture } from '@slipstream/contracts';

/** A stored value and its lifetimes, in ms since the epoch on a clock that never jumps. */
export interface Entry {
  /** Absent: a load has found no value. */
  readonly value?: unknown;
  readonly storedAt: number;
  readonly freshUntil: number;
  /** Until when it may be returned while it is loaded again. */
  readonly staleUntil: number;
  /** Until when it may be returned after a failed load. */
  readonly graceUntil: number;
}

/**
 * `3:`, the time of storing, the lengths of its fresh, stale and grace periods (base 36, ms), and its JSON. The mark
 * also hides notations of cache-manager-ioredis-yet's serializer (telejson) in the text, which it would turn into a
 * date, a symbol or a function.
 */
const FORM = /^3:([0-9a-z]{1,10}),([0-9a-z]{1,10}),([0-9a-z]{1,10}),([0-9a-z]{1,10}):/;

/**
 * @returns undefined if the value has no JSON (a function, a BigInt, a cycle); undefined itself is stored as "no value"
 */
export function encode({ value, storedAt, freshUntil, staleUntil, graceUntil }: Entry): string | undefined {
  try {
    const json: string | undefined = value === undefined ? '' : JSON.stringify(value);
    const times = [storedAt, freshUntil - storedAt, staleUntil - freshUntil, graceUntil - freshUntil];
    return json === undefined
      ? undefined
      : `3:${times.map((ms) => Math.max(0, Math.round(ms)).toString(36)).join()}:${json}`;
  } catch {
    return undefined;
  }
}

/**
 * @param now a value from a process whose clock is too far ahead counts as expired
 * @returns undefined for a foreign text
 */
export function decode(text: string, now: number): Entry | undefined {
  const head = FORM.exec(text);
  if (!head) return undefined;
  const json = text.slice(head[0].length);
  const times = timesOf(head, now);
  try {
    return json === '' ? times : { value: JSON.parse(json) as unknown, ...times };
  } catch {
    return undefined;
  }
}

/** Returns for how long a text is fresh, in ms; 0 if it is not. Without parsing the value. */
export function freshMsOf(text: string, now: number): number {
  const head = FORM.exec(text);
  return head ? Math.max(0, timesOf(head, now).freshUntil - now) : 0;
}

function timesOf(head: readonly string[], now: number): Omit<Entry, 'value'> {
  const [storedAt = 0, freshMs = 0, staleMs = 0, graceMs = 0] = head.slice(1).map((digits) => parseInt(digits, 36));
  if (isFromTheFuture(storedAt, now)) return { storedAt, freshUntil: 0, staleUntil: 0, graceUntil: 0 };
  const freshUntil = storedAt + freshMs;
  return { storedAt, freshUntil, staleUntil: freshUntil + staleMs, graceUntil: freshUntil + graceMs };
}
