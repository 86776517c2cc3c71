import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { RedisConnections } from './redis-connections.js';
import { RedisScript } from './redis-script.js';
import { FaultyRedis } from './testing/index.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
let link: FaultyRedis;
let redis: RedisConnections;

const allReady = () =>
  vi.waitFor(() => expect([redis.isReady, redis.subscriber.isReady]).toEqual([true, true]), 10_000);

beforeEach(async () => {
  vi.clearAllMocks();
  link = await FaultyRedis.inFrontOf(inject('redisUrl'));
  redis = new RedisConnections({ url: link.url, logger, commandTimeoutMs: 300 });
});

afterEach(async () => {
  await redis.close();
  await link.close();
});

describe('RedisConnections', () => {
  it('serves commands, and checks by asking the server', async () => {
    await allReady();
    await expect(redis.check()).resolves.toBeUndefined();
    await expect(redis.run('test', (commands) => commands.echo('hello'))).resolves.toBe('hello');
  });

  it('fails commands at once while away, comes back by itself, and logs one line for each', async () => {
    await allReady();
    await link.refuse();
    await vi.waitFor(() => expect(redis.isReady).toBe(false));
    await expect(redis.run('test', (commands) => commands.get('x'))).rejects.toThrow(DependencyUnavailableError);
    await expect(redis.check()).rejects.toThrow(DependencyUnavailableError);
    await vi.waitFor(() => expect(redis.subscriber.isReady).toBe(false));
    await link.restore();
    await allReady();
    await redis.check();
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(logger.info).toHaveBeenCalledTimes(1);
  });

  it('fails what was on its way when the connection broke', async () => {
    await allReady();
    link.silence();
    const answer = redis.run('test', (commands) => commands.echo('lost'));
    link.cut();
    await expect(answer).rejects.toThrow(DependencyUnavailableError);
  });

  it('gives up a server that accepts and never answers', async () => {
    await allReady();
    link.silence();
    await expect(redis.check()).rejects.toThrow(DependencyUnavailableError);
    await vi.waitFor(() => expect(redis.isReady).toBe(false), 5_000);
    await link.restore();
    await allReady();
    await redis.check();
  });

  it('does not take a mistake in a command for an outage', async () => {
    await allReady();
    await expect(redis.run('test', (commands) => commands.call('NOSUCHCOMMAND'))).rejects.toThrow(/unknown command/);
  });

  it('starts while Redis is away, and closes twice, and while away', async () => {
    await link.refuse();
    const early = new RedisConnections({ url: link.url, logger });
    await expect(early.check()).rejects.toThrow(DependencyUnavailableError);
    await early.close();
    await early.close();
  });

  it('runs a script that the server does not know yet', async () => {
    await allReady();
    const script = new RedisScript(`return {KEYS[1], ARGV[1]} -- ${randomUUID()}`);
    for (let i = 0; i < 2; i++)
      await expect(redis.run('test', (commands) => script.run(commands, ['k'], [1]))).resolves.toEqual(['k', '1']);
  });
});

describe('RedisSubscriber', () => {
  const channel = `test:${randomUUID()}`;
  const publish = (message: string) => redis.run('test', (commands) => commands.publish(channel, message));

  it('delivers to every listener in order, and unsubscribes when the last one leaves', async () => {
    await allReady();
    const seen: string[] = [];
    const leaveFirst = redis.subscriber.subscribe(channel, (message) => seen.push(`1:${message}`));
    const leaveSecond = redis.subscriber.subscribe(channel, (message) => seen.push(`2:${message}`));
    await redis.subscriber.confirmed(channel);
    await publish('a');
    await vi.waitFor(() => expect(seen).toEqual(['1:a', '2:a']));
    leaveFirst();
    leaveFirst();
    await publish('b');
    await vi.waitFor(() => expect(seen).toEqual(['1:a', '2:a', '2:b']));
    leaveSecond();
    await vi.waitFor(async () => expect(await publish('c')).toBe(0));
  });

  it('subscribes again after a cut, and says when', async () => {
    await allReady();
    const seen: string[] = [];
    redis.subscriber.subscribe(channel, (message) => seen.push(message));
    await redis.subscriber.confirmed(channel);
    const lost = once(redis.subscriber, 'lost');
    const resubscribed = once(redis.subscriber, 'resubscribed');
    link.cut();
    await lost;
    await expect(redis.subscriber.confirmed(channel)).rejects.toThrow(DependencyUnavailableError);
    await resubscribed;
    await allReady();
    expect(await publish('after')).toBe(1);
    await vi.waitFor(() => expect(seen).toEqual(['after']));
  });

  it('takes subscriptions while away and makes them when it is back', async () => {
    await link.refuse();
    await vi.waitFor(() => expect(redis.subscriber.isReady).toBe(false));
    redis.subscriber.subscribe(channel, () => {});
    await link.restore();
    await allReady();
    await redis.subscriber.confirmed(channel);
    expect(await publish('x')).toBe(1);
  });
});
