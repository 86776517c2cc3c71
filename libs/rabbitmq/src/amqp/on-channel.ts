import { SlipstreamError } from '@slipstream/contracts';
import type { Channel } from 'amqplib';
import { unavailable } from '../unavailable.js';
import type { AmqpConnection } from './amqp.connection.js';

/**
 * Runs an operation on a channel of its own and closes it. An error that closes the channel therefore affects no other
 * operation, and unacknowledged messages return to their queue.
 * @throws DependencyUnavailableError for every error of the broker, or a missing answer
 */
export async function onChannel<T>(connection: AmqpConnection, use: (channel: Channel) => Promise<T>): Promise<T> {
  const { current } = connection;
  if (!current) throw unavailable('not connected');
  try {
    const channel = await current.createChannel();
    // The failing call rejects with the same error; without a listener it would also end the process.
    channel.on('error', () => {});
    try {
      return await use(channel);
    } finally {
      await channel.close().catch(() => {}); // already closed by the error of the call
    }
  } catch (error) {
    throw error instanceof SlipstreamError ? error : unavailable('connection lost', error);
  }
}
