import type { SharedPurges } from '@slipstream/redis';

/**
 * {@link ResponseCacheOptions.onMissed} for Redis. The listener is called if this process may have missed purges,
 * because it was disconnected or stopped. It is called again when purges arrive again, because reads in between are
 * doubtful too, and at a new purge epoch.
 *
 * @param event `gap` omits the start and new epochs: for messages outside of the purge log
 */
export const missedMessages =
  (purges: Pick<SharedPurges, 'on' | 'off'>, event: 'missed' | 'gap' = 'missed') =>
  (listener: () => void): (() => void) => {
    purges.on(event, listener);
    return () => void purges.off(event, listener);
  };
