import { steadyNow } from '@slipstream/contracts';
import type { Entry } from './entry-codec.js';
import type { LoadOptions } from './value-options.js';

/** Values that are stored together shall not go stale together. */
const JITTER = 0.1;

/** A value that is stored now. */
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

/** How long an entry is of any use. */
export const keepMs = ({ freshUntil, staleUntil, graceUntil }: Entry): number =>
  Math.max(freshUntil, staleUntil, graceUntil) - steadyNow();
