import type { FailureWindow } from './failure-window.js';

/** When a backend's answers make it an outlier. Each rule is off at 0. */
export interface OutlierRules {
  /** Errors in a row: 5xx answers, resets, silences. Default 5. */
  consecutiveErrors: number;
  /** Part of a window's requests that failed, 0 to 1. Default 0.5. */
  errorRatio: number;
  /** Fewer requests in a window than this say nothing about its ratio or its latency. Default 20. */
  minRequests: number;
  /** Length of a window, in ms. Default 10000. */
  windowMs: number;
  /**
   * How many times the pool's median latency is too slow. Default 0: off, for an application's slow routes are not its
   * pods' fault.
   */
  latencyFactor: number;
  /** No latency below this is too slow, in ms. Default 1000. */
  minLatencyMs: number;
}

export const DEFAULT_OUTLIER_RULES: OutlierRules = {
  consecutiveErrors: 5,
  errorRatio: 0.5,
  minRequests: 20,
  windowMs: 10_000,
  latencyFactor: 0,
  minLatencyMs: 1_000,
};

/** What the rules look at. */
export interface OutlierFigures {
  errorsInARow: number;
  window: FailureWindow;
  latencyMs: number;
  /** Of the other backends of the pool; 0 when unknown. */
  medianLatencyMs: number;
}

/** Open when. @returns why this backend is an outlier; undefined when it is not */
export function whyOutlier(
  { errorsInARow, window, latencyMs, medianLatencyMs }: OutlierFigures,
  rules: OutlierRules,
): string | undefined {
  if (rules.consecutiveErrors > 0 && errorsInARow >= rules.consecutiveErrors) return `${errorsInARow} errors in a row`;
  if (window.requests < rules.minRequests) return undefined;
  const ratio = window.errors / window.requests;
  if (rules.errorRatio > 0 && ratio >= rules.errorRatio)
    return `${window.errors} of ${window.requests} requests failed`;
  const tooSlowMs = Math.max(rules.minLatencyMs, rules.latencyFactor * medianLatencyMs);
  if (rules.latencyFactor > 0 && medianLatencyMs > 0 && latencyMs > tooSlowMs)
    return `its latency is ${Math.round(latencyMs)} ms, the median of the others ${Math.round(medianLatencyMs)} ms`;
  return undefined;
}
