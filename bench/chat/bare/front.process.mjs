import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import amqp from 'amqplib';
import { Redis } from 'ioredis';
import { textOf } from '../../harness/http.mjs';
import { QUEUE, QUEUE_OPTIONS, SOCKET_OPTIONS, streamOf } from './bare-job.mjs';

/** The front half of the bare loop: POST -> confirmed publish -> 202; subscriber -> server-sent events. */
const broker = await amqp.connect(process.env.RABBITMQ_URL, SOCKET_OPTIONS);
const channel = await broker.createConfirmChannel();
await channel.assertQueue(QUEUE, QUEUE_OPTIONS);
const redis = new Redis(process.env.REDIS_URL);
const subscriber = new Redis(process.env.REDIS_URL);
const listeners = new Map();
subscriber.on('message', (name, message) => listeners.get(name)?.(JSON.parse(message)));

const server = createServer((request, response) => {
  const work =
    request.method === 'POST' ? accept(request, response) : streamEvents(request.url.split('/')[2], response);
  work.catch((error) => response.destroy(error));
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'bare front listens', url: `http://127.0.0.1:${server.address().port}` }));
});

async function accept(request, response) {
  const { content } = JSON.parse(await textOf(request));
  const jobId = randomUUID();
  await publish({ jobId, content });
  response
    .writeHead(202, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jobId, eventsUrl: `/jobs/${jobId}/events` }));
}

function publish(job) {
  return new Promise((resolve, reject) => {
    channel.publish('', QUEUE, Buffer.from(JSON.stringify(job)), { persistent: true }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** Subscribes first, then reads what there is already; an event that comes both ways is told once. */
async function streamEvents(jobId, response) {
  const name = streamOf(jobId);
  const early = [];
  let told = 0;
  const tell = ({ sequence, type, ...data }) => {
    if (sequence <= told) return;
    told = sequence;
    response.write(`id: 1-${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    if (type === 'message-completed') leave(name, response);
  };
  listeners.set(name, (event) => early.push(event));
  await subscriber.subscribe(name);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  for (const [, [, event]] of await redis.xrange(name, '-', '+')) tell(JSON.parse(event));
  early.forEach(tell);
  if (!response.writableEnded) listeners.set(name, tell);
}

function leave(name, response) {
  listeners.delete(name);
  response.end();
  void subscriber.unsubscribe(name);
}
