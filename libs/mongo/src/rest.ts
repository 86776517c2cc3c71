import type { DatabaseClock } from './database-clock.js';

/** Claimable at once, by any clock. */
export const AT_ONCE = new Date(0);

/** Fields of a document without claims and wake-ups in the next `ms`. */
export function restOf(ms: number, clock: DatabaseClock): { claimableAt: Date; wakeAt: Date; setAt: Date } {
  const now = clock.now();
  const until = new Date(now + ms);
  return { claimableAt: until, wakeAt: until, setAt: new Date(now) };
}

/**
 * Fields of a new document: it may be claimed at once, and a worker is woken for it if it is still unclaimed after
 * `ms`.
 */
export const unclaimedFor = (ms: number, clock: DatabaseClock) => ({ ...restOf(ms, clock), claimableAt: AT_ONCE });
