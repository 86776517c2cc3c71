import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import { PREFETCH, QUEUE_OPTIONS } from '../settings.mjs';
import { serveWay } from './serve-way.mjs';

const { RABBITMQ_URL, QUEUE } = process.env;

/** What amqplib can do with nothing around it: no retries, no dead letters, no checks, and nobody who reconnects. */
await serveWay(async (onHandled) => {
  const [publishing, consuming] = [
    await amqp.connect(RABBITMQ_URL, { noDelay: true }),
    await amqp.connect(RABBITMQ_URL, { noDelay: true }),
  ];
  const sender = await publishing.createConfirmChannel();
  await sender.assertQueue(QUEUE, QUEUE_OPTIONS);
  return {
    publish: (payload) =>
      new Promise((resolve, reject) => {
        const options = {
          messageId: randomUUID(),
          type: 'chat.generate',
          persistent: true,
          mandatory: true,
          contentType: 'application/json',
        };
        sender.sendToQueue(QUEUE, Buffer.from(JSON.stringify(payload)), options, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    async consume() {
      const receiver = await consuming.createChannel();
      await receiver.prefetch(PREFETCH);
      await receiver.consume(QUEUE, async (message) => {
        await handle(JSON.parse(message.content.toString()));
        receiver.ack(message);
        onHandled();
      });
    },
  };
});

async function handle({ jobId }) {
  if (!jobId) throw new Error('a message came without its payload');
}
