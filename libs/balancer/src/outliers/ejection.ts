import { backOffMs } from '@slipstream/contracts';

/** Whether a backend may have requests in spite of how it answered. */
export type Ejection =
  | { readonly state: 'admitted'; readonly times: number; readonly sinceMs: number }
  /** Out until a time; `times` in a row, which makes it longer each time. */
  | { readonly state: 'ejected'; readonly times: number; readonly untilMs: number; readonly reason: string }
  /** Half-open: one request at a time shows whether it is well again. */
  | { readonly state: 'half-open'; readonly times: number };

/** How long an ejection lasts. */
export interface EjectionTimes {
  /** The first time; twice as long for each one after. In ms. Default 30000. */
  ejectionMs: number;
  /**
   * The longest; also how long a backend must have behaved for its earlier ejections to be forgotten. In ms. Default
   * 300000.
   */
  maxEjectionMs: number;
}

export const DEFAULT_EJECTION_TIMES: EjectionTimes = { ejectionMs: 30_000, maxEjectionMs: 300_000 };

export const ADMITTED: Ejection = { state: 'admitted', times: 0, sinceMs: 0 };

export function ejected(
  before: Ejection,
  reason: string,
  nowMs: number,
  { ejectionMs, maxEjectionMs }: EjectionTimes,
): Ejection {
  const isForgiven = before.state === 'admitted' && nowMs - before.sinceMs >= maxEjectionMs;
  const times = isForgiven ? 1 : before.times + 1;
  return {
    state: 'ejected',
    times,
    untilMs: nowMs + backOffMs(times, { firstMs: ejectionMs, maxMs: maxEjectionMs }),
    reason,
  };
}

export const halfOpened = ({ times }: Ejection): Ejection => ({ state: 'half-open', times });

export const admitted = ({ times }: Ejection, nowMs: number): Ejection => ({
  state: 'admitted',
  times,
  sinceMs: nowMs,
});
