import { steadyNow } from '@slipstream/contracts';
import type { Entry } from './entry-codec.js';
import type { LoadOptions } from './value-options.js';

/** Spreads lifetimes, so that values stored together do not expire together. */
const JITTER = 0.1;

/** Lifetimes of a value that is stored now. */
export function entryOf(
  value: unknown,
  { ttlSeconds, staleWhileRevalidateSeconds = 0, staleIfErrorSeconds = 0, missTtlSeconds }: LoadOptions,
  defaultTtlSeconds: number,
): Entry {
  const seconds = (value === undefined ? missTtlSeconds : undefined) ?? ttlSeconds ?? defaultTtlSeconds;
  const storedAt = steadyNow();
  const freshUntil = storedAt + Math.max(1, seconds * 1_000 * (1 - Math.random() * JITTER));
  return {
    value,
    storedAt,
    freshUntil,
    staleUntil: freshUntil + staleWhileRevalidateSeconds * 1_000,
    graceUntil: freshUntil + staleIfErrorSeconds * 1_000,
  };
}

/** Time until an entry is useless. */
export const keepMs = ({ freshUntil, staleUntil, graceUntil }: Entry): number =>
  Math.max(freshUntil, staleUntil, graceUntil) - steadyNow();
