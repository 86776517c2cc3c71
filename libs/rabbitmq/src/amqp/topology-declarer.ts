import { messageOf, type Logger, type LogLevel } from '@slipstream/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import { declarationsOf, type QueueDeclaration, type QueueFamily } from './topology.js';

/** Access refused, locked by another connection, other arguments than the existing queue's: trying again won't help. */
const REFUSALS: ReadonlySet<unknown> = new Set([403, 405, 406]);

/** Declares queues on channels of its own, because a refused declaration closes the channel it was made on. */
export class TopologyDeclarer {
  private readonly reported = new Set<string>();

  constructor(private readonly logger: Logger<LogLevel>) {}

  /** A queue that the broker refuses to declare is reported once and then used as it is. */
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
      'RabbitMQ refuses the queue as we declare it, and it is used as it is. When its arguments differ: let it run empty and delete it, and it is made anew',
    );
  }
}

async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  // The call that led to an error rejects with it; without a listener it would end the process besides.
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
