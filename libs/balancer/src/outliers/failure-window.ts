/** Requests and errors of the current window. The next window begins at 0. */
export interface FailureWindow {
  readonly sinceMs: number;
  readonly requests: number;
  readonly errors: number;
}

export const emptyWindow = (nowMs: number): FailureWindow => ({ sinceMs: nowMs, requests: 0, errors: 0 });

export function afterRequest(window: FailureWindow, isError: boolean, nowMs: number, windowMs: number): FailureWindow {
  const { sinceMs, requests, errors } = nowMs - window.sinceMs >= windowMs ? emptyWindow(nowMs) : window;
  return { sinceMs, requests: requests + 1, errors: errors + (isError ? 1 : 0) };
}
