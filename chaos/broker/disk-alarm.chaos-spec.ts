import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBroker, type Broker } from '@slipstream/rabbitmq';
import { publishAll, silent } from './accepted-messages.js';
import { PrivateRabbitmq } from './private-rabbitmq.mjs';

const DEADLINE = { timeout: 30_000, interval: 50 };
const message = (id: string) => ({ id, type: 'chat.generate', payload: { jobId: id, chatId: 'c' } }) as const;

let rabbitmq: PrivateRabbitmq;
let broker: Broker;

beforeEach(async () => {
  rabbitmq = new PrivateRabbitmq();
  await rabbitmq.start();
  broker = createBroker({ url: rabbitmq.url, publishTimeoutMs: 1_000, maxBufferedMessages: 100, ...silent });
  await vi.waitFor(() => broker.inspect(), DEADLINE);
});

afterEach(async () => {
  await broker.close();
  await rabbitmq.stop();
});

/** RabbitMQ tells those who publish that they are blocked, so somebody must try. */
async function untilBlocked(): Promise<void> {
  await rabbitmq.control('set_disk_free_limit', '1000GB');
  await vi.waitFor(async () => {
    await broker.publish('document_queue', message('probe')).catch(() => {});
    await expect(broker.check()).rejects.toMatchObject({
      context: { reason: expect.stringMatching(/^blocked: .*disk/) },
    });
  }, DEADLINE);
}

it(
  'disk alarm: publishers fail in time and within their limit, consumers continue, no failed ' + 'message is sent',
  async () => {
    const before = await publishAll(broker, 500);
    await untilBlocked();

    const refusals = await Promise.allSettled(
      Array.from({ length: 150 }, (_, n) => broker.publish('chat_queue', message(`refused-${n}`))),
    );
    const reasons = refusals.map((refusal) => refusal.status === 'rejected' && refusal.reason);
    expect(reasons.filter(({ context }) => context?.reason === 'buffer full')).toHaveLength(50);
    expect(reasons.filter(({ context }) => context?.reason === 'no confirm within 1000 ms')).toHaveLength(100);
    expect(reasons.every(({ isRetryable }) => isRetryable === true)).toBe(true);

    const handled: string[] = [];
    await broker.consume('chat_queue', { concurrency: 20 }, async ({ id }) => {
      handled.push(id);
      return { do: 'ack' };
    });
    await vi.waitFor(() => expect(handled).toHaveLength(500), DEADLINE);

    await rabbitmq.control('set_disk_free_limit', '50MB');
    await vi.waitFor(() => broker.check(), DEADLINE);
    await vi.waitFor(() => broker.publish('chat_queue', message('after')), DEADLINE);
    await vi.waitFor(() => expect(handled).toContain('after'), DEADLINE);
    expect(new Set(handled)).toEqual(new Set([...before, 'after']));
  },
);

it('disk alarm during a retry: the message returns to its queue, and is retried after the alarm', async () => {
  const attempts: number[] = [];
  await broker.publish('chat_queue', message('again'));
  await untilBlocked();
  await broker.consume('chat_queue', { concurrency: 1 }, async ({ attempt }) => {
    attempts.push(attempt);
    return attempt === 1 ? { do: 'retry', afterMs: 1 } : { do: 'ack' };
  });
  await vi.waitFor(() => expect(attempts).toEqual([1, 1]), DEADLINE);
  await rabbitmq.control('set_disk_free_limit', '50MB');
  await vi.waitFor(() => expect(attempts.at(-1)).toBe(2), DEADLINE);
});
