import { randomUUID } from 'node:crypto';
import type { QueueName } from '@slipstream/contracts';
import { type Channel, connect } from 'amqplib';
import { allFamilies, declarationsOf, familyOf } from '../amqp/topology.js';
import { TopologyDeclarer } from '../amqp/topology-declarer.js';
import type { WireMessage } from '../wire-message.js';
import { recordingLogger } from './recording.js';

/** Queues of one spec on the shared RabbitMQ, accessed with plain amqplib. */
export interface RabbitmqSandbox {
  readonly queuePrefix: string;
  readonly channel: Channel;
  /** Declares all queues; a spec can also leave this to the broker under test. */
  declare(): Promise<void>;
  putRaw(queue: QueueName, message: WireMessage): Promise<void>;
  /** Consumes the dead queue; returns all messages that it ever consumed. */
  deadLetters(queue: QueueName): Promise<readonly WireMessage[]>;
  /** Ready messages. */
  countIn(queue: string): Promise<number>;
  /** Deletes the queues. */
  close(): Promise<void>;
}

export async function openSandbox(url: string): Promise<RabbitmqSandbox> {
  const queuePrefix = `spec.${randomUUID().slice(0, 8)}.`;
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const letters: WireMessage[] = [];
  return {
    queuePrefix,
    channel,
    declare: () => new TopologyDeclarer(recordingLogger()).declare(connection, allFamilies(queuePrefix)),
    putRaw: async (queue, { content, properties }) => {
      const type = typeof properties.type === 'string' ? properties.type : undefined;
      channel.sendToQueue(familyOf(queue, queuePrefix).lanes.interactive.main, content, {
        messageId: String(properties.messageId),
        type,
        headers: properties.headers,
      });
    },
    deadLetters: async (queue) => {
      for (let letter = await channel.get(familyOf(queue, queuePrefix).dead, { noAck: true }); letter;) {
        letters.push(letter);
        letter = await channel.get(familyOf(queue, queuePrefix).dead, { noAck: true });
      }
      return letters;
    },
    countIn: async (queue) => (await channel.checkQueue(queue)).messageCount,
    close: async () => {
      for (const { queue } of allFamilies(queuePrefix).flatMap(declarationsOf)) await channel.deleteQueue(queue);
      await connection.close();
    },
  };
}
