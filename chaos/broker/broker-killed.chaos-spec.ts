import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBroker, type Broker } from '@slipstream/rabbitmq';
import { publishAll, silent } from './accepted-messages.js';
import { PrivateRabbitmq } from './private-rabbitmq.mjs';

const COUNT = 10_000;
const DEADLINE = { timeout: 60_000, interval: 50 };

let rabbitmq: PrivateRabbitmq;
const brokers: Broker[] = [];

beforeEach(async () => {
  rabbitmq = new PrivateRabbitmq();
  await rabbitmq.start();
});

afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
  await rabbitmq.stop();
});

function newBroker(): Broker {
  const broker = createBroker({ url: rabbitmq.url, ...silent });
  brokers.push(broker);
  return broker;
}

it('kill -9 during 10,000 messages: every accepted one is handled, and repeated ones keep their id', async () => {
  const handled = new Map<string, number>();
  await newBroker().consume('chat_queue', { concurrency: 50 }, async ({ id }) => {
    handled.set(id, (handled.get(id) ?? 0) + 1);
    return { do: 'ack' };
  });
  const killed = Promise.withResolvers<void>();
  const publishing = publishAll(newBroker(), COUNT, (accepted) => {
    if (accepted === COUNT * 0.3)
      void rabbitmq
        .kill()
        .then(() => rabbitmq.start())
        .then(killed.resolve, killed.reject);
  });
  const [ids] = await Promise.all([publishing, killed.promise]);
  await vi.waitFor(() => expect(handled.size).toBe(COUNT), DEADLINE);
  expect(new Set(handled.keys())).toEqual(new Set(ids));
  // Twice are at most those that were on their way when it died: handed out and not acknowledged, or sent and not
  // confirmed.
  const repeated = [...handled.values()].filter((times) => times > 1).length;
  expect(repeated).toBeLessThanOrEqual(200);
});

it('kill -9 with messages that wait for a retry, or for nobody: they are there when it is back', async () => {
  const first = newBroker();
  const consumption = await first.consume('chat_queue', { concurrency: 10 }, async ({ attempt }) =>
    attempt === 1 ? { do: 'retry', afterMs: 15_000 } : { do: 'ack' },
  );
  await publishAll(first, 50);
  await vi.waitFor(async () => expect((await first.inspect())[0]?.lanes[0]?.delayed).toBe(50), DEADLINE);
  await consumption.drain();
  await first.publish('chat_queue', {
    id: 'dead',
    type: 'chat.generate',
    payload: { jobId: 'dead', chatId: 'c' },
    lane: 'background',
  });
  await rabbitmq.kill();
  await rabbitmq.start();
  const second = newBroker();
  const seen: string[] = [];
  await second.consume('chat_queue', { concurrency: 10 }, async ({ id, attempt }) => {
    seen.push(`${id === 'dead' ? id : 'retried'} ${attempt}`);
    return { do: 'ack' };
  });
  await vi.waitFor(() => expect(seen).toHaveLength(51), DEADLINE);
  expect(seen.filter((each) => each === 'retried 2')).toHaveLength(50);
  expect(seen).toContain('dead 1');
});
