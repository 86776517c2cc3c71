import { randomUUID } from 'node:crypto';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { RedisConnections } from '@slipstream/redis';
import { FaultyRedis, PrivateRedisCluster } from '@slipstream/redis/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createEvents, type EventsOptions } from '../create-events.js';
import type { EventLog, StoredEvent } from '../event-log.js';
import { collect, delta, describeEvents, final } from '../testing/events-contract.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const keyPrefix = `test-events-${randomUUID()}:`;

async function connect(url: string, options?: Partial<EventsOptions>) {
  const redis = new RedisConnections({ url, logger });
  const events = createEvents({ redis, keyPrefix, logger, retentionMs: 60_000, ...options });
  await vi.waitFor(() => expect([redis.isReady, redis.subscriber.isReady]).toEqual([true, true]), 10_000);
  const close = async () => {
    await events.log.close();
    await redis.close();
  };
  return { ...events, redis, close };
}

describeEvents('redis', (options) => connect(inject('redisUrl'), options));

describe('in a cluster', () => {
  let cluster: PrivateRedisCluster;
  beforeAll(async () => void (cluster = await PrivateRedisCluster.start()), 60_000);
  afterAll(() => cluster.end());

  describeEvents('redis cluster', (options) => connect(cluster.url, options));
});

describe('redis: two processes and a bad network', () => {
  let writer: Awaited<ReturnType<typeof connect>>;
  let reader: Awaited<ReturnType<typeof connect>>;
  let link: FaultyRedis;
  let jobId: string;

  beforeEach(async () => {
    jobId = randomUUID();
    link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    writer = await connect(inject('redisUrl'));
    reader = await connect(link.url, { reconnectWaitMs: 500, maxBufferedEvents: 7 });
  });

  afterEach(async () => {
    await Promise.all([writer.close(), reader.close()]);
    await link.close();
  });

  it('keeps a stream whose entry ids are the event ids, for the retention time', async () => {
    await writer.log.append(jobId, [delta(3, 7)]);
    const key = `${keyPrefix}events:{${jobId}}`;
    expect(await writer.redis.commands.xrange(key, '-', '+')).toEqual([
      ['3-7', ['event', JSON.stringify(delta(3, 7).event)]],
    ]);
    const ttl = await writer.redis.commands.pttl(key);
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });

  it('needs no read for a live event, one subscription per job, and none after the last follower left', async () => {
    const channel = `${keyPrefix}events:{${jobId}}`;
    const followers = [collect(reader.log, jobId), collect(reader.log, jobId)];
    await writer.log.append(jobId, [delta(1, 1)]);
    await vi.waitFor(() => reader.redis.subscriber.confirmed(channel));
    expect(await writer.redis.commands.pubsub('NUMSUB', channel)).toEqual([channel, 1]);
    await writer.log.append(jobId, [delta(1, 2)]);
    await vi.waitFor(async () => expect(await reader.log.read(jobId)).toHaveLength(2));
    const read = vi.spyOn(reader.redis.commands, 'xrange');
    for (let i = 3; i < 8; i++) await writer.log.append(jobId, [delta(1, i)]);
    await writer.log.append(jobId, [final(1, 8)]);
    for (const seen of await Promise.all(followers)) expect(seen).toHaveLength(8);
    expect(read.mock.calls.length).toBeLessThanOrEqual(2); // at most the catch-up that each was still at
    await vi.waitFor(async () => expect(await writer.redis.commands.pubsub('NUMSUB', channel)).toEqual([channel, 0]));
  });

  it('reads the log when a message was lost', async () => {
    const seen: StoredEvent[] = [];
    const follower = (async () => {
      for await (const entry of reader.log.follow(jobId, { signal: new AbortController().signal })) seen.push(entry);
    })();
    await writer.log.append(jobId, [delta(1, 1)]);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    const key = `${keyPrefix}events:{${jobId}}`;
    await writer.redis.commands.xadd(key, '1-2', 'event', JSON.stringify(delta(1, 2).event)); // and nobody is told
    await writer.log.append(jobId, [delta(1, 3), final(1, 4)]);
    await follower;
    expect(seen).toEqual([delta(1, 1), delta(1, 2), delta(1, 3), final(1, 4)]);
  });

  it.each([
    '',
    'null',
    '{}',
    '{"after":"x","entries":[]}',
    '{"after":null,"entries":[["1-1"]',
    '{"after":"99-1","entries":[]}',
  ])('is not misled by a stranger who publishes %j', async (poison) => {
    const channel = `${keyPrefix}events:{${jobId}}`;
    const follower = collect(reader.log, jobId);
    await vi.waitFor(() => reader.redis.subscriber.confirmed(channel));
    await writer.redis.commands.publish(channel, poison);
    await writer.log.append(jobId, [delta(1, 1), final(1, 2)]);
    expect(await follower).toEqual([delta(1, 1), final(1, 2)]);
  });

  it('gives up on a Redis that stays away', async () => {
    const follower = collect(reader.log, jobId);
    const outcome = expect(follower).rejects.toThrow(DependencyUnavailableError);
    await link.refuse();
    await outcome;
    await expect(reader.log.append(jobId, [delta(1, 1)])).rejects.toThrow(DependencyUnavailableError);
    await expect(reader.log.read(jobId)).rejects.toThrow(DependencyUnavailableError);
    await expect(reader.log.check()).rejects.toThrow(DependencyUnavailableError);
    await expect(reader.signals.cancel(jobId)).rejects.toThrow(DependencyUnavailableError);
  });

  it.each([1, 2, 3, 4, 5])('loses, doubles and reorders nothing through random cuts (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const following = Array.from({ length: 5 }, (_, i) => slowCollect(reader.log, jobId, i));
    const expected: StoredEvent[] = [];
    for (let fence = 1, sequence = 1; expected.length < 600;) {
      const batch = Array.from({ length: 1 + Math.floor(random() * 5) }, () => delta(fence, sequence++));
      expected.push(...batch);
      await writer.log.append(jobId, batch);
      if (random() < 0.05) link.cut();
      if (random() < 0.02) [fence, sequence] = [fence + 1, 1];
      if (random() < 0.1) following.push(slowCollect(reader.log, jobId, 0, expected));
    }
    expected.push(final(1_000, 1));
    await writer.log.append(jobId, expected.slice(-1));
    for (const { seen, after } of await Promise.all(following)) expect(seen).toEqual(expected.slice(after));
  });
});

/** Collects with pauses after every 20th event, from the middle of what is stored already when that is given. */
async function slowCollect(log: EventLog, jobId: string, pauses: number, stored: StoredEvent[] = []) {
  const after = Math.floor(stored.length / 2);
  const seen: StoredEvent[] = [];
  for await (const entry of log.follow(jobId, { after: stored[after - 1]?.id, signal: new AbortController().signal })) {
    seen.push(entry);
    for (let i = 0; seen.length % 20 === 0 && i < pauses * 50; i++) await new Promise(setImmediate);
  }
  return { seen, after };
}

/** Mulberry32: small, and the same on every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
