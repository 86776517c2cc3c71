import amqp from 'amqplib';
import { Redis } from 'ioredis';
import { eventsOf, send } from '../../harness/http.mjs';
import { QUEUE, QUEUE_OPTIONS, SOCKET_OPTIONS, streamOf } from './bare-job.mjs';

/** As many as a chat-worker answers at a time by default. */
const PREFETCH = 32;
const KEPT_FOR_SECONDS = 60;

/** The back half of the bare loop: consumer -> model server's stream -> XADD and PUBLISH. */
const broker = await amqp.connect(process.env.RABBITMQ_URL, SOCKET_OPTIONS);
const channel = await broker.createChannel();
const redis = new Redis(process.env.REDIS_URL);
await channel.assertQueue(QUEUE, QUEUE_OPTIONS);
await channel.prefetch(PREFETCH);
await channel.consume(QUEUE, (message) => void answer(message));
console.log(JSON.stringify({ msg: 'bare worker consumes' }));

async function answer(message) {
  const { jobId, content } = JSON.parse(message.content.toString());
  const body = { model: 'bench', stream: true, messages: [{ role: 'user', content }] };
  let sequence = 0;
  for await (const { data } of eventsOf(await send('POST', `${process.env.MODEL_URL}/chat/completions`, body))) {
    const delta = data === '[DONE]' ? undefined : JSON.parse(data).choices[0].delta.content;
    if (delta) await append(jobId, { sequence: ++sequence, type: 'message-delta', delta });
  }
  await append(jobId, { sequence: ++sequence, type: 'message-completed' });
  await redis.expire(streamOf(jobId), KEPT_FOR_SECONDS);
  channel.ack(message);
}

/** Both commands in one round trip. */
async function append(jobId, event) {
  const text = JSON.stringify(event);
  await redis
    .pipeline()
    .xadd(streamOf(jobId), `1-${event.sequence}`, 'event', text)
    .publish(streamOf(jobId), text)
    .exec();
}
