import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { redisBus, silentBus } from './message-bus.js';
import { RedisConnections } from './redis-connections.js';

const open: RedisConnections[] = [];
const connections = (url = inject('redisUrl')): RedisConnections => {
  const redis = new RedisConnections({ url, logger: { debug: vi.fn(), info: vi.fn(), warn: vi.fn() } });
  open.push(redis);
  return redis;
};
afterEach(async () => void (await Promise.all(open.splice(0).map((redis) => redis.close()))));

async function newPair() {
  const prefix = `test:${randomUUID()}:`;
  const [one, two] = [connections(), connections()];
  const heard: unknown[] = [];
  const stop = redisBus(two, prefix).subscribe('topic', (message) => heard.push(message));
  await vi.waitFor(() => two.subscriber.confirmed(`${prefix}bus:topic`));
  await vi.waitFor(() => expect(one.isReady).toBe(true));
  return { one, bus: redisBus(one, prefix), prefix, heard, stop };
}

it('brings messages to other processes, in order, by topic', async () => {
  const { bus, heard } = await newPair();
  bus.publish('other', { n: 0 });
  for (const n of [1, 2, 3]) bus.publish('topic', { n });
  await expect.poll(() => heard).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

it('leaves out what is not JSON, and what is far too long', async () => {
  const { one, prefix, bus, heard } = await newPair();
  await one.commands.publish(`${prefix}bus:topic`, '{broken');
  await one.commands.publish(`${prefix}bus:topic`, `"${'x'.repeat(1024 * 1024)}"`);
  bus.publish('topic', { last: true });
  await expect.poll(() => heard).toEqual([{ last: true }]);
});

it('says nothing more to who has stopped listening', async () => {
  const { bus, heard, stop, prefix } = await newPair();
  const later: unknown[] = [];
  const third = connections();
  redisBus(third, prefix).subscribe('topic', (message) => later.push(message));
  await vi.waitFor(() => third.subscriber.confirmed(`${prefix}bus:topic`));
  stop();
  bus.publish('topic', { n: 1 });
  await expect.poll(() => later).toEqual([{ n: 1 }]);
  expect(heard).toEqual([]);
});

it('loses messages, and throws nothing, while Redis is away', () => {
  expect(() => redisBus(connections('redis://127.0.0.1:1'), 'x').publish('topic', {})).not.toThrow();
  expect(() => silentBus.publish('topic', {})).not.toThrow();
});
