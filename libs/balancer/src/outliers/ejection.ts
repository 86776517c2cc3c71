import { backOffMs } from '@slipstream/contracts';

/** Whether a backend may get requests, judging by its answers. */
export type Ejection =
  | { readonly state: 'admitted'; readonly times: number; readonly sinceMs: number }
  /** No requests until a time. `times` is the number of consecutive ejections, each of which takes longer. */
  | { readonly state: 'ejected'; readonly times: number; readonly untilMs: number; readonly reason: string }
  /** One request at a time shows whether the backend is healthy again. */
  | { readonly state: 'half-open'; readonly times: number };

/** How long an ejection lasts. */
export interface EjectionTimes {
  /** Duration of the first ejection. Each further one takes twice as long. In ms. Default 30000. */
  ejectionMs: number;
  /**
   * Longest ejection. After the same time without an ejection, the earlier ones no longer count. In ms. Default 300000.
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
