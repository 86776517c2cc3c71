import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { chatMessage } from '../testing/messages.js';
import { openSandbox, type RabbitmqSandbox } from '../testing/rabbitmq-server.js';
import { recordingLogger, recordingMetrics } from '../testing/recording.js';
import { AmqpBroker } from './amqp.broker.js';
import { familyOf } from './topology.js';

const QUEUE = 'chat_queue';
const DEADLINE = { timeout: 20_000, interval: 20 };

let sandbox: RabbitmqSandbox;
let broker: AmqpBroker;

beforeEach(async () => {
  sandbox = await openSandbox(inject('rabbitmqUrl'));
  await sandbox.declare();
  broker = new AmqpBroker({
    url: inject('rabbitmqUrl'),
    queuePrefix: sandbox.queuePrefix,
    logger: recordingLogger(),
    metrics: recordingMetrics(),
  });
  await vi.waitFor(() => broker.check(), DEADLINE);
});

afterEach(async () => {
  await broker.close();
  await sandbox.close();
});

describe('dead letters that RabbitMQ made itself', () => {
  it('are those handed out too often, and say so', async () => {
    await broker.publish(QUEUE, chatMessage(1, { id: 'killer', lane: 'background' }));
    const { main } = familyOf(QUEUE, sandbox.queuePrefix).lanes.background;
    await vi.waitFor(
      async () => {
        const taken = await sandbox.channel.get(main);
        if (taken) sandbox.channel.nack(taken, false, true);
        expect((await broker.inspect())[0]?.deadLetters).toBe(1);
      },
      { timeout: 20_000, interval: 1 },
    );
    expect(await broker.deadLetters(QUEUE).list(10)).toMatchObject([
      {
        id: 'killer',
        type: 'chat.generate',
        lane: 'background',
        reason: expect.stringMatching(/^delivery_limit: /),
        deadAt: expect.any(Date),
        attempt: 1,
      },
    ]);
    expect(await broker.deadLetters(QUEUE).replay('killer')).toBe(true);
    await vi.waitFor(async () => expect(await sandbox.countIn(main)).toBe(1), DEADLINE);
  });
});

describe('dead letters', () => {
  it('of strangers are listed, and go with all others', async () => {
    sandbox.channel.sendToQueue(familyOf(QUEUE, sandbox.queuePrefix).dead, Buffer.from('?'));
    await vi.waitFor(
      async () =>
        expect(await broker.deadLetters(QUEUE).list(10)).toMatchObject([
          { id: undefined, type: undefined, reason: 'unknown', sizeBytes: 1 },
        ]),
      DEADLINE,
    );
    expect(await broker.deadLetters(QUEUE).deleteAll()).toBe(1);
  });

  it('are all seen by those who look at the same time', async () => {
    for (const id of ['a', 'b', 'c'])
      sandbox.channel.sendToQueue(familyOf(QUEUE, sandbox.queuePrefix).dead, Buffer.from('?'), { messageId: id });
    await vi.waitFor(async () => expect(await broker.deadLetters(QUEUE).list(10)).toHaveLength(3), DEADLINE);
    const looks = await Promise.all(Array.from({ length: 5 }, () => broker.deadLetters(QUEUE).list(10)));
    expect(looks.map((letters) => letters.length)).toEqual([3, 3, 3, 3, 3]);
  });

  it('can not be looked at without their queue, which the next inspection makes anew', async () => {
    await sandbox.channel.deleteQueue(familyOf(QUEUE, sandbox.queuePrefix).dead);
    await expect(broker.deadLetters(QUEUE).list(1)).rejects.toMatchObject({ code: 'rabbitmq_unavailable' });
    expect((await broker.inspect()).map(({ deadLetters }) => deadLetters)).toEqual([0, 0, 0]);
    expect(await broker.deadLetters(QUEUE).list(1)).toEqual([]);
    await broker.close();
    await expect(broker.inspect()).rejects.toMatchObject({ code: 'rabbitmq_unavailable' });
  });
});
