import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, it, vi } from 'vitest';
import { QueueActivity } from '@slipstream/rabbitmq';
import { redisBus, RedisConnections, silentBus } from '@slipstream/redis';
import { createTelemetry } from '@slipstream/telemetry';
import { shareQueueActivity } from './queue-activity-sharing.js';

const { logger, metrics } = createTelemetry({ processName: 'test', level: 'silent' });
const prefix = `spec-${randomUUID()}:`;
const closing: (() => Promise<void> | void)[] = [];

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** A process with its own connection to Redis. */
function newProcess() {
  const redis = new RedisConnections({ url: inject('redisUrl'), logger });
  closing.push(() => redis.close());
  const bus = redisBus(redis, prefix);
  const activity = new QueueActivity(metrics.queue);
  const { board, stop } = shareQueueActivity(activity, bus);
  closing.push(stop);
  return { activity, board, bus };
}

it('adds up what the processes do with the queues, each of them once, and hears no nonsense', async () => {
  const [gateway, worker] = [newProcess(), newProcess()];
  gateway.bus.publish('queue-activity', { from: 'a stranger', report: { chat_queue: { inWork: 1_000 } } });
  worker.activity.taken('chat_queue', 'interactive', 1);
  worker.activity.taken('chat_queue', 'interactive', 1);
  gateway.activity.taken('chat_queue', 'interactive', undefined);
  for (const { board } of [gateway, worker]) {
    await vi.waitFor(
      () =>
        expect(board.total('chat_queue', performance.now())).toMatchObject({
          inWork: 3,
          sentAgoMs: { interactive: expect.any(Number) },
        }),
      { timeout: 20_000 },
    );
  }
});

it('knows of itself without a bus', async () => {
  const activity = new QueueActivity(metrics.queue);
  const { board, stop } = shareQueueActivity(activity, silentBus);
  closing.push(stop);
  activity.taken('document_queue', 'interactive', undefined);
  await vi.waitFor(() => expect(board.total('document_queue', performance.now()).inWork).toBe(1), { timeout: 10_000 });
});
