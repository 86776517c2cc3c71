import { SlipstreamError } from '@slipstream/contracts';
import type { Channel } from 'amqplib';
import { unavailable } from '../unavailable.js';
import type { AmqpConnection } from './amqp.connection.js';

/**
 * Does something on a channel of its own, which then ends: an error that closes it disturbs nobody, and what was taken
 * and not acknowledged goes back to its queue.
 * @throws DependencyUnavailableError for whatever the broker answers, or doesn't
 */
export async function onChannel<T>(connection: AmqpConnection, use: (channel: Channel) => Promise<T>): Promise<T> {
  const { current } = connection;
  if (!current) throw unavailable('not connected');
  try {
    const channel = await current.createChannel();
    // The call that led to an error rejects with it; without a listener it would end the process besides.
    channel.on('error', () => {});
    try {
      return await use(channel);
    } finally {
      await channel.close().catch(() => {}); // closed by the error that is on its way to the caller
    }
  } catch (error) {
    throw error instanceof SlipstreamError ? error : unavailable('connection lost', error);
  }
}
