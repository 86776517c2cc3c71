import { createServer } from 'node:http';
import { IN_FLIGHT, payloadOf } from '../settings.mjs';

/**
 * A way of getting a message from one end of a queue to the other.
 * @typedef {object} QueueWay
 * @property {(payload: object) => Promise<unknown>} publish resolves on the broker's confirm
 * @property {() => Promise<void>} consume from now on handles and acknowledges what is in the queue
 */

/**
 * Makes a process of a way, which does what the bench tells it over HTTP: POST /loop/COUNT, /fill/COUNT or /drain/COUNT
 * answers with the seconds that it took.
 * @param {(onHandled: () => void) => Promise<QueueWay>} open told what to call for each message that is handled
 */
export async function serveWay(open) {
  let handled = 0;
  let target = { count: 0, reached: () => {} };
  const way = await open(() => {
    if (++handled === target.count) target.reached();
  });
  const untilHandled = (count) => new Promise((reached) => (target = { count: handled + count, reached }));
  const tasks = {
    loop: async (count) => {
      await consumeOnce();
      await Promise.all([untilHandled(count), publishAll(way, count)]);
    },
    fill: (count) => publishAll(way, count),
    drain: async (count) => {
      const drained = untilHandled(count);
      await consumeOnce();
      await drained;
    },
  };
  let consuming;
  const consumeOnce = () => (consuming ??= way.consume());
  const server = createServer(async ({ url }, response) => {
    const [, task, count] = url.split('/');
    const startedAt = performance.now();
    try {
      await tasks[task](Number(count));
      response.end(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000 }));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ msg: 'way is up', url: `http://127.0.0.1:${server.address().port}` })),
  );
}

async function publishAll(way, count) {
  let next = 0;
  const send = async () => {
    while (next < count) await way.publish(payloadOf(next++));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
}
