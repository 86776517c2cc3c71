import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { createBroker, type Broker } from '@slipstream/rabbitmq';
import { publishAll, silent } from '../broker/accepted-messages.js';
import { BadWires, CUT, READY_WITHIN_MS, SLOW, type Harm, type Wire } from './bad-wires.js';

const COUNT = 1_000;
const DEADLINE = { timeout: 60_000, interval: 50 };

let wires: BadWires;

beforeAll(async () => void (wires = await BadWires.start()), READY_WITHIN_MS);

afterAll(() => wires.stop());

interface End {
  wire: Wire;
  broker: Broker;
  /** Resolves when it has noticed that its connection is gone. */
  lost: Promise<void>;
}

async function newEnd(role: string, queuePrefix: string, { onTestFinished }: TestContext): Promise<End> {
  const wire = await wires.add(`${queuePrefix}${role}`);
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  const logger = {
    ...silent.logger,
    warn: (_: object, message: string) => void (message === 'waiting for RabbitMQ' && resolve()),
  };
  const broker = createBroker({ url: wire.url, queuePrefix, ...silent, logger });
  onTestFinished(() => broker.close());
  await vi.waitFor(() => broker.check(), DEADLINE);
  return { wire, broker, lost };
}

/** Messages flow from one end to the other; when a third is accepted, the wires of both are harmed. */
async function flow(harm: Harm, isCut: boolean, test: TestContext) {
  const queuePrefix = `chaos.${randomUUID().slice(0, 8)}.`;
  const [publisher, consumer] = await Promise.all([
    newEnd('publisher', queuePrefix, test),
    newEnd('consumer', queuePrefix, test),
  ]);
  const both = [publisher, consumer];
  const handled: string[] = [];
  await consumer.broker.consume('chat_queue', { concurrency: 50 }, async ({ id }) => {
    handled.push(id);
    return { do: 'ack' };
  });
  const strike = async () => {
    await Promise.all(both.map(({ wire }) => wire.harm(harm)));
    if (!isCut) return;
    await Promise.all(both.map(({ lost }) => lost));
    await Promise.all(both.map(({ wire }) => wire.heal()));
  };
  const struck = Promise.withResolvers<void>();
  const ids = await publishAll(
    publisher.broker,
    COUNT,
    (accepted) => void (accepted === COUNT * 0.3 && strike().then(struck.resolve, struck.reject)),
  );
  await struck.promise;
  await vi.waitFor(() => expect(new Set(handled).size).toBe(COUNT), DEADLINE);
  return { ids, handled };
}

describe('between a publisher, a consumer and the broker', () => {
  it.for(SLOW)('$name: every message comes, once', async (harm, test) => {
    const { ids, handled } = await flow(harm, false, test);
    expect(handled.toSorted()).toEqual(ids.toSorted());
  });

  // Together, because heartbeats take their time.
  it.concurrent.for(CUT)(
    '$name: every message that was accepted comes, and a repeated one can be told by its id',
    async (harm, test) => {
      const { ids, handled } = await flow(harm, true, test);
      expect(new Set(handled)).toEqual(new Set(ids));
      // At most those that were on their way: sent and not confirmed, or handed out and not acknowledged.
      expect(handled.length - COUNT).toBeLessThanOrEqual(200);
    },
  );
});
