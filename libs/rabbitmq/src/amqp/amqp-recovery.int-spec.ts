import { DependencyUnavailableError } from '@slipstream/contracts';
import { type ChannelModel, connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Delivery, Outcome } from '../broker.js';
import type { BrokerOptions } from '../broker.options.js';
import { chatMessage, jobIdOf } from '../testing/messages.js';
import { openSandbox, type RabbitmqSandbox } from '../testing/rabbitmq-server.js';
import { recordingLogger, recordingMetrics } from '../testing/recording.js';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.js';
import { AmqpBroker } from './amqp.broker.js';
import { AmqpConnection } from './amqp.connection.js';
import { RecoveringChannel } from './recovering-channel.js';
import { allFamilies, declarationsOf, familyOf } from './topology.js';

const QUEUE = 'chat_queue';
const ACK: Outcome = { do: 'ack' };
const DEADLINE = { timeout: 20_000, interval: 20 };

let sandbox: RabbitmqSandbox;
let proxy: TcpProxy;
let logger: ReturnType<typeof recordingLogger>;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  sandbox = await openSandbox(inject('rabbitmqUrl'));
  proxy = await startTcpProxy(inject('rabbitmqUrl'));
  logger = recordingLogger();
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await proxy.close();
  await sandbox.close();
});

function newBroker(options: Partial<BrokerOptions> = {}): AmqpBroker {
  const broker = new AmqpBroker({
    url: proxy.url,
    queuePrefix: sandbox.queuePrefix,
    logger,
    metrics: recordingMetrics(),
    ...options,
  });
  closing.push(() => broker.close());
  return broker;
}

const main = () => familyOf(QUEUE, sandbox.queuePrefix).lanes.interactive.main;
const ready = (broker: AmqpBroker) => vi.waitFor(() => broker.check(), DEADLINE);
const loggedCount = (text: string) => logger.lines.filter(({ message }) => message.includes(text)).length;

/** AMQP 0-9-1, basic.ack on channel 1 of a delivery that never was: the server closes the channel with 406. */
const BOGUS_ACK = Buffer.from('01 0001 0000000d 003c 0050 00000000000f4240 00 ce'.replaceAll(' ', ''), 'hex');

/** Rejects when there is no such queue, and makes none. The server answers that by closing the channel. */
async function lookAt(connection: ChannelModel, queue: string): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  await channel.checkQueue(queue);
  await channel.close();
}

/** A consumer that acknowledges everything, and what it saw. */
async function collect(broker: AmqpBroker): Promise<Delivery[]> {
  const seen: Delivery[] = [];
  await broker.consume(QUEUE, { concurrency: 5 }, async (delivery) => {
    seen.push(delivery);
    return ACK;
  });
  return seen;
}

describe('when the server closes a channel', () => {
  it('goes on publishing and consuming, over the connection that it has', async () => {
    const broker = newBroker();
    const seen = await collect(broker);
    await broker.publish(QUEUE, chatMessage('before'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-before']), DEADLINE);
    proxy.send(BOGUS_ACK);
    await vi.waitFor(() => expect(loggedCount('a RabbitMQ channel was closed')).toBe(2), DEADLINE);
    await broker.publish(QUEUE, chatMessage('after'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toContain('job-after'), DEADLINE);
    expect(loggedCount('connected to RabbitMQ')).toBe(2);
  });

  it('opens another and sets it up again, as often as it takes', async () => {
    const connection = new AmqpConnection({ url: inject('rabbitmqUrl'), name: 'spec', logger });
    const setUp = vi.fn(async () => {});
    const recovering = new RecoveringChannel({
      connection,
      purpose: 'spec',
      logger,
      open: (model) => model.createChannel(),
      setUp,
    });
    closing.push(
      () => recovering.close(),
      () => connection.close(),
    );
    for (const round of [1, 2, 3]) {
      const channel = await vi.waitUntil(() => recovering.current, DEADLINE);
      expect(setUp).toHaveBeenCalledTimes(round);
      await expect(channel.checkQueue(`${sandbox.queuePrefix}missing`)).rejects.toThrow(/404/);
    }
    await vi.waitFor(() => expect(setUp).toHaveBeenCalledTimes(4), DEADLINE);
    expect(connection.current).toBeDefined();
  });

  it('tries again when setting up fails', async () => {
    const connection = new AmqpConnection({ url: inject('rabbitmqUrl'), name: 'spec', logger });
    const setUp = vi.fn(async () => {}).mockRejectedValueOnce(new Error('not yet'));
    const recovering = new RecoveringChannel({
      connection,
      purpose: 'spec',
      logger,
      open: (model) => model.createChannel(),
      setUp,
    });
    closing.push(
      () => recovering.close(),
      () => connection.close(),
    );
    await vi.waitUntil(() => recovering.current, DEADLINE);
    expect(setUp).toHaveBeenCalledTimes(2);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { channel: 'spec', reason: 'not yet' } }),
    );
  });
});

describe('when a queue is deleted', () => {
  it('goes on consuming: the queue is made again', async () => {
    const broker = newBroker();
    const seen = await collect(broker);
    await broker.publish(QUEUE, chatMessage('before'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-before']), DEADLINE);
    await sandbox.channel.deleteQueue(main());
    await vi.waitFor(() => expect(loggedCount('cancelled the consumer')).toBe(1), DEADLINE);
    await broker.publish(QUEUE, chatMessage('after'));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-before', 'job-after']), DEADLINE);
  });

  it('loses no message that is published then', async () => {
    const broker = newBroker();
    await broker.publish(QUEUE, chatMessage('before'));
    await sandbox.channel.deleteQueue(main());
    await Promise.all([1, 2, 3].map((n) => broker.publish(QUEUE, chatMessage(n))));
    await vi.waitFor(async () => expect(await sandbox.countIn(main())).toBe(3), DEADLINE);
  });

  it('loses no message that is published under one id twice', async () => {
    const broker = newBroker();
    await ready(broker);
    await broker.publish(QUEUE, chatMessage());
    await sandbox.channel.deleteQueue(main());
    const twice = chatMessage('twice');
    await Promise.all([broker.publish(QUEUE, twice), broker.publish(QUEUE, twice)]);
    await vi.waitFor(async () => expect(await sandbox.countIn(main())).toBe(2), DEADLINE);
  });
});

describe('when the connection is cut', () => {
  it('keeps messages up to the bound and sends them after; refuses what is beyond', async () => {
    const broker = newBroker({ maxBufferedMessages: 3 });
    const seen = await collect(broker);
    await ready(broker);
    proxy.cut();
    await vi.waitFor(() => expect(broker.check()).rejects.toThrow(DependencyUnavailableError), DEADLINE);
    const waiting = [1, 2, 3].map((n) => broker.publish(QUEUE, chatMessage(n)));
    await expect(broker.publish(QUEUE, chatMessage(4))).rejects.toMatchObject({
      code: 'rabbitmq_unavailable',
      isRetryable: true,
      context: { reason: 'buffer full' },
    });
    proxy.mend();
    await Promise.all(waiting);
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-1', 'job-2', 'job-3']), DEADLINE);
    await broker.publish(QUEUE, chatMessage(5));
    await vi.waitFor(() => expect(seen).toHaveLength(4), DEADLINE);
  });

  it('declares every queue again after the reconnect, durable and with its arguments', async () => {
    const broker = newBroker();
    await ready(broker);
    proxy.cut();
    await vi.waitFor(() => expect(broker.check()).rejects.toThrow(DependencyUnavailableError), DEADLINE);
    const declarations = allFamilies(sandbox.queuePrefix).flatMap(declarationsOf);
    for (const { queue } of declarations) await sandbox.channel.deleteQueue(queue);
    proxy.mend();
    const outsider = await connect(inject('rabbitmqUrl'));
    closing.push(() => outsider.close());
    for (const { queue } of declarations) await vi.waitFor(() => lookAt(outsider, queue), DEADLINE);
    for (const { queue, arguments: args } of declarations)
      await sandbox.channel.assertQueue(queue, { durable: true, arguments: args });
  });

  it('gives a message back when its time is up, makes room for others, and does not send it later', async () => {
    proxy.cut();
    const broker = newBroker({ maxBufferedMessages: 1, publishTimeoutMs: 200 });
    for (const n of [1, 2]) {
      await expect(broker.publish(QUEUE, chatMessage(n))).rejects.toMatchObject({
        context: { reason: 'no confirm within 200 ms' },
      });
    }
    proxy.mend();
    await ready(broker);
    await vi.waitFor(() => broker.publish(QUEUE, chatMessage(3)), DEADLINE);
    const seen = await collect(broker);
    await vi.waitFor(() => expect(seen).not.toHaveLength(0), DEADLINE);
    expect(new Set(seen.map(jobIdOf))).toEqual(new Set(['job-3']));
  });

  it('sends again what was not confirmed, under the same id', async () => {
    await sandbox.declare();
    const broker = newBroker();
    await broker.publish(QUEUE, chatMessage('first'));
    proxy.holdReplies();
    const published = broker.publish(QUEUE, chatMessage('unsure', { id: 'unsure' }));
    await vi.waitFor(async () => expect(await sandbox.countIn(main())).toBe(2), DEADLINE);
    proxy.cut();
    proxy.mend();
    await published;
    const seen = await collect(broker);
    await vi.waitFor(() => expect(seen).toHaveLength(3), DEADLINE);
    expect(seen.filter(({ id }) => id === 'unsure')).toHaveLength(2);
  });

  it('delivers again what was in work, never more at a time than agreed', async () => {
    const broker = newBroker();
    const seen: Delivery[] = [];
    const first = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    await broker.consume(QUEUE, { concurrency: 1 }, async (delivery) => {
      most = Math.max(most, ++running);
      if (seen.push(delivery) === 1) await first.promise;
      running -= 1;
      return ACK;
    });
    await broker.publish(QUEUE, chatMessage('in-work'));
    await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
    proxy.cut();
    proxy.mend();
    const isWithConsumer = async () =>
      (await sandbox.channel.checkQueue(main())).consumerCount === 1 && (await sandbox.countIn(main())) === 0;
    await vi.waitUntil(() => loggedCount('connected to RabbitMQ') === 4, DEADLINE);
    await vi.waitUntil(isWithConsumer, DEADLINE);
    expect(seen).toHaveLength(1);
    first.resolve();
    await vi.waitFor(() => expect(seen).toHaveLength(2), DEADLINE);
    expect(seen[1]).toMatchObject({ id: seen[0]?.id, redelivered: true });
    expect(most).toBe(1);
  });
});

describe('when the broker is away at start', () => {
  it('waits, says for what without credentials, and begins when it comes', async () => {
    proxy.cut();
    const url = new URL(proxy.url);
    url.username = 'guest';
    url.password = 'guest';
    const broker = newBroker({ url: url.href });
    const seen = await collect(broker);
    const published = broker.publish(QUEUE, chatMessage('early'));
    await vi.waitFor(() => expect(loggedCount('waiting for RabbitMQ')).toBe(2), DEADLINE);
    await expect(broker.check()).rejects.toMatchObject({ context: { reason: 'not connected' } });
    proxy.mend();
    await published;
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-early']), DEADLINE);
    expect(logger.lines.map(({ facts }) => facts['endpoint'])).toContain(`amqp://${url.host}${url.pathname}`);
    expect(JSON.stringify(logger.lines)).not.toContain('guest');
  });

  it('closes all the same, refusing what waits', async () => {
    proxy.cut();
    const broker = newBroker();
    const consumption = await broker.consume(QUEUE, { concurrency: 1 }, async () => ACK);
    const refused = expect(broker.publish(QUEUE, chatMessage())).rejects.toMatchObject({
      context: { reason: 'closed' },
    });
    await consumption.drain();
    await broker.close();
    await refused;
  });
});

describe('when a queue exists with other arguments', () => {
  beforeEach(() =>
    sandbox.channel.assertQueue(main(), {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-max-length': 2, 'x-overflow': 'reject-publish' },
    }),
  );

  it('reports it once, over reconnects too, and works with it as it is', async () => {
    const broker = newBroker();
    const seen = await collect(broker);
    await broker.publish(QUEUE, chatMessage(1));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toEqual(['job-1']), DEADLINE);
    proxy.cut();
    proxy.mend();
    await broker.publish(QUEUE, chatMessage(2));
    await vi.waitFor(() => expect(seen.map(jobIdOf)).toContain('job-2'), DEADLINE);
    const errors = logger.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ facts }) => facts)).toEqual([
      { queue: main(), reason: expect.stringMatching(/PRECONDITION.FAILED - inequivalent arg/) },
    ]);
  });

  it('tells a publisher when the queue is full', async () => {
    const broker = newBroker();
    const publishUntilRefused = async () => {
      for (let n = 0; n < 50; n += 1) await broker.publish(QUEUE, chatMessage(n));
    };
    await expect(publishUntilRefused()).rejects.toMatchObject({
      isRetryable: true,
      context: { reason: 'refused by the broker: queue full' },
    });
  });
});
