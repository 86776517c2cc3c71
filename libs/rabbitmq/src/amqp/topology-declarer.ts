import { messageOf, type Logger, type LogLevel } from '@slipstream/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import { declarationsOf, type QueueDeclaration, type QueueFamily } from './topology.js';

/** Access refused, locked by another connection, or other arguments than the existing queue: retrying does not help. */
const REFUSALS: ReadonlySet<unknown> = new Set([403, 405, 406]);

/** Declares queues on channels of their own, because a refused declaration closes its channel. */
export class TopologyDeclarer {
  private readonly reported = new Set<string>();

  constructor(private readonly logger: Logger<LogLevel>) {}

  /** A queue that the broker refuses to declare is logged once and then used as it is. */
  async declare(connection: ChannelModel, families: readonly QueueFamily[]): Promise<void> {
    let channel: Channel | undefined;
    for (const declaration of families.flatMap(declarationsOf)) {
      channel ??= await openChannel(connection);
      const refusal = await refusalOf(channel, declaration);
      if (!refusal) continue;
      this.report(declaration.queue, refusal);
      channel = undefined;
    }
    await channel?.close();
  }

  private report(queue: string, refusal: Error): void {
    if (this.reported.has(queue)) return;
    this.reported.add(queue);
    this.logger.error(
      { queue, reason: refusal.message },
      'RabbitMQ has the queue with other arguments, and Slipstream uses it unchanged. To apply the new ' +
        'arguments, let the queue run empty and delete it',
    );
  }
}

async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  // The failing call rejects with the same error; without a listener it would also end the process.
  channel.on('error', () => {});
  return channel;
}

async function refusalOf(channel: Channel, { queue, arguments: args }: QueueDeclaration): Promise<Error | undefined> {
  try {
    await channel.assertQueue(queue, { durable: true, arguments: args });
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && REFUSALS.has(error.code)) return error;
    throw new Error(`Queue '${queue}' could not be declared: ${messageOf(error)}`, { cause: error });
  }
}
