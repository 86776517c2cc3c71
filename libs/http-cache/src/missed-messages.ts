import type { RedisConnections } from '@slipstream/redis';

/**
 * What {@link ResponseCacheOptions.onMissed} wants, with Redis: called when the bus's connection is lost, and once more when it
 * is back, for what was read from others meanwhile is as doubtful.
 */
export const missedMessages =
  ({ subscriber }: Pick<RedisConnections, 'subscriber'>) =>
  (listener: () => void): (() => void) => {
    subscriber.on('lost', listener).on('resubscribed', listener);
    return () => void subscriber.off('lost', listener).off('resubscribed', listener);
  };
