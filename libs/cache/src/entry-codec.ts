import { isFromTheFuture } from '@slipstream/contracts';

/** A value as it is kept, and for how long it is good. Times are ms since the epoch, by a clock that never jumps. */
export interface Entry {
  /** Absent: it is known that there is none. */
  readonly value?: unknown;
  readonly storedAt: number;
  readonly freshUntil: number;
  /** Until when it may be given once more while it is being loaded anew. */
  readonly staleUntil: number;
  /** Until when it may be given because loading it anew failed. */
  readonly graceUntil: number;
}

/**
 * `3:`, when it was stored, how long it is fresh, how long after that it may be stale and how long it is a grace (base
 * 36, ms), and its JSON. The mark also keeps cache-manager-ioredis-yet's serialiser (telejson) from seeing one of its
 * own notations in it, which it would turn into a date, a symbol or a function.
 */
const FORM = /^3:([0-9a-z]{1,10}),([0-9a-z]{1,10}),([0-9a-z]{1,10}),([0-9a-z]{1,10}):/;

/**
 * @returns undefined when the value has no JSON (a function, a BigInt, a cycle); undefined itself is kept as "there is
 * none"
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
 * @param now a value from a process whose clock is further ahead than clocks differ is one past all its times
 * @returns undefined when the text is not one of ours
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

/** How long a text of ours is fresh, in ms; 0 when it isn't. Without a look at the value. */
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
