/** What every way has in common. */

/** Messages that are published and not confirmed yet. */
export const IN_FLIGHT = 100;
/** Messages in work at a time: what the broker hands out before the first is acknowledged. */
export const PREFETCH = 50;

/**
 * A queue as libs/rabbitmq declares those that it consumes, without the queues for retries and dead letters beside it.
 */
export const QUEUE_OPTIONS = {
  durable: true,
  arguments: {
    'x-queue-type': 'quorum',
    'x-max-length': 1_000_000,
    'x-overflow': 'reject-publish',
    'x-delivery-limit': 20,
  },
};

/** @param {number} number */
export const payloadOf = (number) => ({ jobId: `job-${number}`, chatId: 'chat' });
