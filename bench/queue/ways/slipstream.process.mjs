import { createBroker, MessageQueue } from '@slipstream/rabbitmq';
import { createTelemetry } from '@slipstream/telemetry';
import { PREFETCH } from '../settings.mjs';
import { serveWay } from './serve-way.mjs';

const { RABBITMQ_URL, QUEUE } = process.env;

/** libs/rabbitmq as the apps use it, metrics included; QUEUE is the prefix of its queues. */
await serveWay(async (onHandled) => {
  const { logger, metrics } = createTelemetry({ processName: 'bench', level: 'error' });
  const broker = createBroker({ url: RABBITMQ_URL, queuePrefix: QUEUE, logger, metrics: metrics.queue });
  const queue = new MessageQueue(broker);
  return {
    publish: (payload) => queue.publish('chat_queue', 'chat.generate', payload),
    async consume() {
      await broker.consume('chat_queue', { concurrency: PREFETCH }, async () => {
        onHandled();
        return { do: 'ack' };
      });
    },
  };
});
