/**
 * A clock that never jumps: the wall clock in whole ms since the epoch at the start of the process, plus the monotonic
 * time since then. Use it for durations, freshness and leases. For times that are shown, or compared with another
 * machine's, use `Date.now()`.
 */
export const steadyNow = (): number => Math.floor(performance.timeOrigin + performance.now());

/** Clocks of two processes differ by less than this, unless one was changed. */
export const MAX_SKEW_MS = 2_000;

/** Whether a past time is ahead of this process's clock. One of the clocks was then changed, and the age is unknown. */
export const isFromTheFuture = (notedAt: number, now: number): boolean => notedAt > now + MAX_SKEW_MS;
