import { type Lane, LANES, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';
import type { Channel } from 'amqplib';
import type { LaneStatus, QueueStatus } from '../broker.js';
import { unavailable } from '../unavailable.js';
import type { AmqpConnection } from './amqp.connection.js';
import { onChannel } from './on-channel.js';
import type { TopologyDeclarer } from './topology-declarer.js';
import { allFamilies, familyOf, type LaneQueues } from './topology.js';

interface Dependencies {
  connection: AmqpConnection;
  declarer: TopologyDeclarer;
  prefix: string;
}

/** Counts the messages in the queues over AMQP, without the management plugin. */
export class AmqpInspector {
  constructor(private readonly deps: Dependencies) {}

  /** Declares missing queues first. @throws DependencyUnavailableError */
  async inspect(): Promise<QueueStatus[]> {
    try {
      return await this.count();
    } catch {
      await this.declare();
      return this.count();
    }
  }

  private count(): Promise<QueueStatus[]> {
    return onChannel(this.deps.connection, async (channel) => {
      const statuses: QueueStatus[] = [];
      for (const queue of QUEUE_NAMES) statuses.push(await this.statusOf(channel, queue));
      return statuses;
    });
  }

  private async statusOf(channel: Channel, queue: QueueName): Promise<QueueStatus> {
    const { dead, lanes } = familyOf(queue, this.deps.prefix);
    const status: LaneStatus[] = [];
    for (const lane of LANES) status.push(await laneStatusOf(channel, lane, lanes[lane]));
    return { queue, lanes: status, deadLetters: (await channel.checkQueue(dead)).messageCount };
  }

  private async declare(): Promise<void> {
    const { connection, declarer, prefix } = this.deps;
    if (!connection.current) throw unavailable('not connected');
    await declarer.declare(connection.current, allFamilies(prefix)).catch((error: unknown) => {
      throw unavailable('connection lost', error);
    });
  }
}

async function laneStatusOf(channel: Channel, lane: Lane, { main, retries }: LaneQueues): Promise<LaneStatus> {
  const { messageCount: ready, consumerCount: consumers } = await channel.checkQueue(main);
  let delayed = 0;
  for (const { queue } of retries) delayed += (await channel.checkQueue(queue)).messageCount;
  return { lane, ready, delayed, consumers };
}
