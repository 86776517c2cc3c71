/**
 * Wall clock that never jumps: whole ms since the epoch, as they were when the process started, plus the time since by
 * the monotonic clock. For durations, freshness and leases. Instants that are compared with another machine's, or
 * shown, are `Date.now()`.
 */
export const steadyNow = (): number => Math.floor(performance.timeOrigin + performance.now());

/** Clocks of two processes differ by less, unless one was set. */
export const MAX_SKEW_MS = 2_000;

/**
 * Whether an instant that was noted as past is ahead of this process's clock: one of the clocks was set, and nothing
 * can be said about its age.
 */
export const isFromTheFuture = (notedAt: number, now: number): boolean => notedAt > now + MAX_SKEW_MS;
