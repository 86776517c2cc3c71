import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, it, vi } from 'vitest';
import { queryTotals } from '@slipstream/mongo';
import { queried } from '@slipstream/mongo/testing';
import { redisBus, RedisConnections, silentBus, type MessageBus } from '@slipstream/redis';
import { createTelemetry } from '@slipstream/telemetry';
import { SharedQueries } from './query-sharing.js';

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const prefix = `spec-${randomUUID()}:`;
const closing: (() => Promise<void> | void)[] = [];

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

function newBus(): MessageBus {
  const redis = new RedisConnections({ url: inject('redisUrl'), logger });
  closing.push(() => redis.close());
  return redisBus(redis, prefix);
}

/** A process that sent one query. */
function newProcess(bus: MessageBus) {
  const shared = new SharedQueries(queried([{ collection: 'chats', durationMs: 5 }]), bus);
  closing.push(() => shared.stop());
  return shared;
}

it('gathers the queries of every process on the bus, and ignores what is none', async () => {
  const stranger = newBus();
  const [gateway] = Array.from({ length: 3 }, () => newProcess(newBus()));
  stranger.subscribe('queries', (message) => {
    const { type, id } = message as { type: string; id: string };
    if (type === 'report-request')
      stranger.publish('queries', { type: 'report', id, from: 'stranger', report: { shapes: 1 } });
  });
  await vi.waitFor(
    async () => {
      const reports = await gateway!.gather();
      expect(reports).toHaveLength(3);
      expect(queryTotals(reports)).toMatchObject([{ collection: 'chats', count: 3, totalMs: 15 }]);
    },
    { timeout: 20_000 },
  );
});

it('has the queries of this process without a bus', async () => {
  expect(await newProcess(silentBus).gather()).toHaveLength(1);
});
