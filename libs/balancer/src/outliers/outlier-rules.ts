import type { FailureWindow } from './failure-window.js';

/** Conditions that make a backend an outlier. Each rule is off at 0. */
export interface OutlierRules {
  /** Consecutive errors: 5xx answers, resets and timeouts. Default 5. */
  consecutiveErrors: number;
  /** Part of a window's requests that failed, 0 to 1. Default 0.5. */
  errorRatio: number;
  /** With fewer requests in a window, its ratio and its latency do not count. Default 20. */
  minRequests: number;
  /** Length of a window, in ms. Default 10000. */
  windowMs: number;
  /**
   * A backend is too slow at this many times the pool's median latency. Default 0, which means off, because the slow
   * routes of an application are no defect of its backends.
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

/** Input of the rules. */
export interface OutlierFigures {
  errorsInARow: number;
  window: FailureWindow;
  latencyMs: number;
  /** Median of the other backends of the pool; 0 if unknown. */
  medianLatencyMs: number;
}

/** Decides whether a backend is to be ejected. @returns the reason; undefined if it is no outlier */
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
