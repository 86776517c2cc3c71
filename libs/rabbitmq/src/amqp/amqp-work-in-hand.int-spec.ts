import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Delivery, DeliveryHandler, Outcome } from '../broker.js';
import { chatMessage, jobIdOf } from '../testing/messages.js';
import { openSandbox, type RabbitmqSandbox } from '../testing/rabbitmq-server.js';
import { recordingLogger, recordingMetrics } from '../testing/recording.js';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.js';
import { AmqpBroker } from './amqp.broker.js';
import { allFamilies, declarationsOf, familyOf, retryQueueFor } from './topology.js';

const QUEUE = 'chat_queue';
const ACK: Outcome = { do: 'ack' };
const DEADLINE = { timeout: 20_000, interval: 20 };

/** AMQP 0-9-1, basic.ack on channel 1 of a delivery that never was: the server closes the channel with 406. */
const BOGUS_ACK = Buffer.from('01 0001 0000000d 003c 0050 00000000000f4240 00 ce'.replaceAll(' ', ''), 'hex');

let sandbox: RabbitmqSandbox;
let proxy: TcpProxy;
let logger: ReturnType<typeof recordingLogger>;
let broker: AmqpBroker;

beforeEach(async () => {
  sandbox = await openSandbox(inject('rabbitmqUrl'));
  proxy = await startTcpProxy(inject('rabbitmqUrl'));
  logger = recordingLogger();
  broker = new AmqpBroker({ url: proxy.url, queuePrefix: sandbox.queuePrefix, logger, metrics: recordingMetrics() });
});

afterEach(async () => {
  await broker.close();
  await proxy.close();
  await sandbox.close();
});

const family = () => familyOf(QUEUE, sandbox.queuePrefix);
const loggedCount = (text: string) => logger.lines.filter(({ message }) => message.includes(text)).length;

/** A consumer whose handler answers to each delivery as it is told, and what it saw. */
async function collect(concurrency: number, handle: DeliveryHandler = async () => ACK): Promise<Delivery[]> {
  const seen: Delivery[] = [];
  await broker.consume(QUEUE, { concurrency }, (delivery) => {
    seen.push(delivery);
    return handle(delivery);
  });
  return seen;
}

/** A consumer that has one message in hand, and does not let go of it before it is told. */
async function withOneInHand() {
  const done = Promise.withResolvers<void>();
  const seen = await collect(2, async ({ redelivered, payload }) => {
    if (!redelivered && jobIdOf({ payload }) === 'job-in-hand') await done.promise;
    return ACK;
  });
  await broker.publish(QUEUE, chatMessage('in-hand'));
  await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
  return { seen, finish: done.resolve };
}

describe('when the server closes a channel', () => {
  it('delivers again what was in hand; its late acknowledgement disturbs nobody', async () => {
    const { seen, finish } = await withOneInHand();
    proxy.send(BOGUS_ACK);
    await vi.waitFor(() => expect(seen).toHaveLength(2), DEADLINE);
    expect(seen[1]).toMatchObject({ id: seen[0]?.id, redelivered: true });
    finish();
    await broker.publish(QUEUE, chatMessage('after'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-in-hand', 'job-in-hand', 'job-after']), DEADLINE);
    expect(loggedCount('a RabbitMQ channel was closed')).toBe(2);
  });

  it('sends again what it had not confirmed', async () => {
    await broker.publish(QUEUE, chatMessage('before'));
    proxy.send(BOGUS_ACK);
    await Promise.all([1, 2, 3].map((n) => broker.publish(QUEUE, chatMessage(n))));
    expect(loggedCount('a RabbitMQ channel was closed')).toBe(1);
    const seen = await collect(1);
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-before', 'job-1', 'job-2', 'job-3']), DEADLINE);
  });
});

describe('when a queue is deleted', () => {
  it('goes on with the message in hand, over the channel that it has', async () => {
    const { seen, finish } = await withOneInHand();
    await sandbox.channel.deleteQueue(family().lanes.interactive.main);
    await vi.waitFor(() => expect(loggedCount('cancelled the consumer')).toBe(1), DEADLINE);
    finish();
    await broker.publish(QUEUE, chatMessage('after'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-in-hand', 'job-after']), DEADLINE);
    expect(loggedCount('a RabbitMQ channel was closed')).toBe(0);
  });

  it.each(['interactive', 'background'] as const)(
    'cancels the consumer of the %s lane alone, which consumes again',
    async (lane) => {
      const seen = await collect(2);
      await broker.publish(QUEUE, chatMessage('before', { lane }));
      await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
      await sandbox.channel.deleteQueue(family().lanes[lane].main);
      await vi.waitFor(() => expect(loggedCount('cancelled the consumer')).toBe(1), DEADLINE);
      await Promise.all([
        broker.publish(QUEUE, chatMessage('one')),
        broker.publish(QUEUE, chatMessage('other', { lane: 'background' })),
      ]);
      await vi.waitFor(
        () => expect(seen.map(jobIdOf).toSorted()).toEqual(['job-before', 'job-one', 'job-other']),
        DEADLINE,
      );
    },
  );

  it('retries all the same, when it was the one for retries', async () => {
    const seen = await collect(1, async ({ attempt }) => {
      if (attempt > 1) return ACK;
      await sandbox.channel.deleteQueue(retryQueueFor(family().lanes.interactive, 1));
      return { do: 'retry', afterMs: 1 };
    });
    await broker.publish(QUEUE, chatMessage());
    await vi.waitFor(() => expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]), DEADLINE);
  });

  it('buries all the same, when it was the one for dead letters', async () => {
    await collect(1, async () => {
      await sandbox.channel.deleteQueue(family().dead);
      return { do: 'dead-letter', reason: 'hopeless' };
    });
    await broker.publish(QUEUE, chatMessage(1, { id: 'hopeless' }));
    await vi.waitFor(
      async () =>
        expect(await broker.deadLetters(QUEUE).list(10)).toMatchObject([{ id: 'hopeless', reason: 'hopeless' }]),
      DEADLINE,
    );
  });

  it('and all others with it: both lanes go on', async () => {
    const seen = await collect(2);
    await broker.publish(QUEUE, chatMessage('before'));
    await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
    for (const { queue } of allFamilies(sandbox.queuePrefix).flatMap(declarationsOf))
      await sandbox.channel.deleteQueue(queue);
    await Promise.all([
      broker.publish(QUEUE, chatMessage('one')),
      broker.publish(QUEUE, chatMessage('other', { lane: 'background' })),
    ]);
    await vi.waitFor(
      () => expect(seen.map(jobIdOf).toSorted()).toEqual(['job-before', 'job-one', 'job-other']),
      DEADLINE,
    );
  });
});
