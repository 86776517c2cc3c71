import type { SharedPurges } from '@slipstream/redis';

/**
 * What {@link ResponseCacheOptions.onMissed} wants, with Redis: called when this process may have missed purges (it was
 * cut off, or stopped), once more when it receives them again, for what was read meanwhile is as doubtful, and when a
 * new purge epoch begins.
 *
 * @param event `gap` leaves out the start and new epochs: for messages that aren't in the purge log
 */
export const missedMessages =
  (purges: Pick<SharedPurges, 'on' | 'off'>, event: 'missed' | 'gap' = 'missed') =>
  (listener: () => void): (() => void) => {
    purges.on(event, listener);
    return () => void purges.off(event, listener);
  };
