import 'reflect-metadata';
import { ClientRMQ, ServerRMQ } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { PREFETCH, QUEUE_OPTIONS } from '../settings.mjs';
import { serveWay } from './serve-way.mjs';

const { RABBITMQ_URL, QUEUE } = process.env;
const PATTERN = 'chat.generate';
const options = {
  urls: [RABBITMQ_URL],
  queue: QUEUE,
  queueOptions: QUEUE_OPTIONS,
  persistent: true,
  prefetchCount: PREFETCH,
};

/** Nest's own RMQ transport, told to acknowledge, persist and limit its prefetch, which it doesn't by itself. */
await serveWay(async (onHandled) => {
  const client = new ClientRMQ(options);
  await client.connect();
  return {
    publish: (payload) => lastValueFrom(client.emit(PATTERN, payload), { defaultValue: undefined }),
    async consume() {
      const server = new ServerRMQ({ ...options, noAck: false });
      server.addHandler(
        PATTERN,
        async ({ jobId }, context) => {
          if (!jobId) throw new Error('a message came without its payload');
          context.getChannelRef().ack(context.getMessage());
          onHandled();
        },
        true,
      );
      await new Promise((resolve, reject) => server.listen((error) => (error ? reject(error) : resolve())));
    },
  };
});
