import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import type { JobDocument } from '@slipstream/chats';
import { createEvents } from '@slipstream/events';
import { RedisConnections } from '@slipstream/redis';
import { AnswerWriter } from './answer-writer.js';
import { sentText } from './sent-text.js';
import { logger } from './testing/worker-bench.js';

const keyPrefix = `test-answers-${randomUUID()}:`;
let redis: RedisConnections;
let log: ReturnType<typeof createEvents>['log'];

beforeAll(async () => {
  redis = new RedisConnections({ url: inject('redisUrl'), logger });
  ({ log } = createEvents({ redis, keyPrefix, logger }));
  await vi.waitFor(() => expect(redis.isReady).toBe(true), 10_000);
});
afterAll(() => redis.close());

it('begins anew when the log has lost its newest events, as after a failover to a replica', async () => {
  const job = { _id: randomUUID(), fence: 1, attempts: 1, answer: { messageId: 'm' } } as JobDocument;
  const key = `${keyPrefix}events:{${job._id}}`;
  const writer = new AnswerWriter(log, job, () => expect.fail('no other worker has the job'));
  const written = async (delta: string, text: string) => {
    writer.write(delta);
    await vi.waitFor(async () => expect(await sentText(log, job._id)).toBe(text));
  };
  await written('a', 'a');
  const earlier = (await redis.commands.dumpBuffer(key))!;
  await written('b', 'ab');
  await written('c', 'abc');
  await redis.commands.restore(key, 0, earlier, 'REPLACE');
  await written('d', 'abcd');
  await writer.flush();
});
