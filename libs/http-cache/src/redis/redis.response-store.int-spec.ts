import { randomUUID } from 'node:crypto';
import { steadyNow } from '@slipstream/contracts';
import { RedisConnections } from '@slipstream/redis';
import { FaultyRedis, PrivateRedisCluster } from '@slipstream/redis/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { SharedOutcome } from '../cache-observer.port.js';
import type { PurgeScope } from '../purge/purge-scope.js';
import { recordOf } from '../testing/records.js';
import { RedisResponseStore, type RedisResponseStoreOptions } from './redis.response-store.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

describe('RedisResponseStore', () => {
  const ends: (() => unknown)[] = [];
  let cluster: PrivateRedisCluster;
  let prefix: string;
  let outcomes: SharedOutcome[];

  /** A process of its own, as far as Redis can tell. */
  async function process(url = inject('redisUrl'), options: Partial<RedisResponseStoreOptions> = {}) {
    const redis = new RedisConnections({ url, logger, commandTimeoutMs: 20_000 });
    const observer = { sharedRead: (outcome: SharedOutcome) => void outcomes.push(outcome) };
    const store = new RedisResponseStore(redis, { prefix, waitMs: 2_000, distrustMs: 0, observer, logger, ...options });
    ends.push(
      () => redis.close(),
      () => store.close(),
    );
    await ready(store);
    return { redis, store };
  }
  const ready = (store: RedisResponseStore) => vi.waitFor(() => expect(store.isReady).toBe(true), 5_000);
  const purgePoint = (store: RedisResponseStore) => store.purgePoint() ?? expect.fail('it is not trusted');
  const recordKeys = async (redis: RedisConnections) =>
    (await redis.commands.keys(`${prefix}*`)).filter((name) => !name.includes('{purges}'));

  /** What one process keeps, and another one purges, no process finds any more; what is kept after that, all do. */
  async function expectPurged(url: string, scope: PurgeScope) {
    const [here, there] = [await process(url), await process(url)];
    const record = recordOf('http://chat/a', { tags: ['chat:1'] });
    await here.store.put(record, purgePoint(here.store));
    expect(await there.store.get(record.key)).toEqual(record);
    await there.store.purge({ scope, isSoft: false });
    expect(await here.store.get(record.key)).toBeUndefined();
    expect(await there.store.get(record.key)).toBeUndefined();
    await here.store.put(record, purgePoint(here.store)); // fetched after the purge
    expect(await there.store.get(record.key)).toEqual(record);
  }

  beforeAll(async () => void (cluster = await PrivateRedisCluster.start()), 60_000);
  afterAll(() => cluster.end());

  beforeEach(() => {
    prefix = `test-http-cache-${randomUUID()}:`;
    outcomes = [];
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('gives one process what another has kept, byte for byte', async () => {
    const [here, there] = [await process(), await process()];
    const record = recordOf('http://chat/é?a=*', { body: Buffer.from([0, 255, 10, 13]), tags: ['user:7'] });
    await here.store.put(record, purgePoint(here.store));
    expect(await there.store.get(record.key)).toEqual(record);
    const [name] = await recordKeys(here.redis);
    expect(await here.redis.commands.pttl(name ?? '')).toBeGreaterThan(0);
    expect(await there.store.get('http://chat/other')).toBeUndefined();
    expect(outcomes).toEqual(['hit', 'miss']);
  });

  it('gets no records for a second after Redis has rejected one, and logs that once', async () => {
    const { redis, store } = await process();
    const [run, puts] = [redis.run.bind(redis), vi.fn()];
    vi.spyOn(redis, 'run').mockImplementation((name, call) => {
      if (name !== 'http-cache.put') return run(name, call);
      puts();
      return Promise.reject(new Error("OOM command not allowed when used memory > 'maxmemory'."));
    });
    logger.warn.mockClear();
    const put = (url: string) => store.put(recordOf(url), purgePoint(store));
    await put('http://chat/a');
    await put('http://chat/b');
    expect([puts.mock.calls.length, logger.warn.mock.calls.length]).toEqual([1, 1]);
    const later = performance.now() + 1_001;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later);
    await put('http://chat/c');
    clock.mockRestore();
    expect(puts).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['its URL', { type: 'url', url: 'http://chat/a' }],
    ['its path', { type: 'url', url: '/a' }],
    ['a prefix', { type: 'prefix', prefix: 'http://chat/' }],
    ['a tag', { type: 'tags', tags: ['x', 'chat:1'] }],
    ['everything', { type: 'everything' }],
  ] as const)('finds nothing any more, in any process, once it was purged by %s', async (_, scope) => {
    for (const url of [inject('redisUrl'), cluster.url]) await expectPurged(url, scope);
  });

  it('leaves alone what a purge does not mean, and makes stale what a soft one means', async () => {
    const { store } = await process();
    const record = recordOf('http://chat/a', { tags: ['chat:1'] });
    await store.put(record, purgePoint(store));
    await store.purge({ scope: { type: 'tags', tags: ['chat:2'] }, isSoft: false });
    expect(await store.get(record.key)).toEqual(record);
    await store.purge({ scope: { type: 'tags', tags: ['chat:1'] }, isSoft: true });
    const softened = await store.get(record.key);
    expect(softened?.value.type === 'response' && softened.value.response.freshUntil).toBeLessThanOrEqual(steadyNow());
  });

  it('never finds what was fetched before a purge and put after it', async () => {
    const [here, there] = [await process(), await process()];
    const record = recordOf('http://chat/a');
    const began = purgePoint(here.store);
    await there.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    await here.store.put(record, began);
    expect(await here.store.get(record.key)).toBeUndefined();
    expect(await there.store.get(record.key)).toBeUndefined();
    expect(outcomes).toContain('purged');
  });

  it('knows, when it starts, what was purged before', async () => {
    const early = await process();
    const record = recordOf('http://chat/a');
    const began = purgePoint(early.store);
    for (let i = 0; i < 5; i++)
      await early.store.purge({ scope: { type: 'url', url: `http://chat/${i}` }, isSoft: false });
    await early.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    await early.store.put(record, began);
    const late = await process();
    expect(await late.store.get(record.key)).toBeUndefined();
    expect(purgePoint(late.store).purges).toBe(7); // the log begins with an entry that purges nothing
  });

  it('drops all from before the oldest purge that is still in the log', async () => {
    const { store, redis } = await process();
    const record = recordOf('http://chat/a');
    await store.put(record, purgePoint(store));
    for (let i = 0; i < 3; i++) await store.purge({ scope: { type: 'url', url: '/else' }, isSoft: false });
    const [stream] = await redis.commands.keys(`${prefix}*:log`);
    await redis.commands.xtrim(stream ?? '', 'MAXLEN', 1);
    expect(await (await process()).store.get(record.key)).toBeUndefined();
  });

  it('believes nothing once the log was lost', async () => {
    const { store, redis } = await process();
    const record = recordOf('http://chat/a');
    await store.put(record, purgePoint(store));
    await redis.commands.del(...(await redis.commands.keys(`${prefix}*{purges}*`)));
    expect(await store.get(record.key)).toBeUndefined();
    await ready(store);
    expect(await store.get(record.key)).toBeUndefined();
    await store.put(record, purgePoint(store));
    expect(await store.get(record.key)).toEqual(record);
  });

  it.each([
    ['garbage', 'garbage'],
    ['nothing', ''],
    ['a telejson function', '"_function_x|(() => { globalThis.poisoned = true; })()"'],
    ['our mark and no record', 'SLHC\x03\x00\x00\x00\x02{}'],
    ['our mark and a length beyond the end', 'SLHC\x03\xff\xff\xff\xff'],
  ])('drops what is not ours: %s', async (_, poison) => {
    const { store, redis } = await process();
    const record = recordOf('http://chat/a');
    await store.put(record, purgePoint(store));
    const [name = ''] = await recordKeys(redis);
    await redis.commands.set(name, Buffer.from(poison, 'latin1'));
    expect(await store.get(record.key)).toBeUndefined();
    await vi.waitFor(async () => expect(await recordKeys(redis)).toEqual([]));
    expect([outcomes, 'poisoned' in globalThis]).toEqual([['foreign'], false]);
  });

  it('drops a value of another type, and a record of another key', async () => {
    const { store, redis } = await process();
    const [one, two] = [recordOf('http://chat/1'), recordOf('http://chat/2')];
    await store.put(one, purgePoint(store));
    const [name = ''] = await recordKeys(redis);
    const bytes = await redis.commands.getBuffer(name);
    await redis.commands.del(name);
    await store.put(two, purgePoint(store));
    const [other = ''] = await recordKeys(redis);
    await redis.commands.set(other, bytes ?? '');
    await redis.commands.lpush(name, 'list');
    expect([await store.get(one.key), await store.get(two.key), outcomes]).toEqual([
      undefined,
      undefined,
      ['foreign', 'foreign'],
    ]);
  });

  it('keeps no record larger than allowed, and forgets the one before it', async () => {
    const { store } = await process(undefined, { maxRecordBytes: 2_000 });
    await store.put(recordOf('http://chat/a'), purgePoint(store));
    await store.put(recordOf('http://chat/a', { body: Buffer.alloc(2_000) }), purgePoint(store));
    expect(await store.get('http://chat/a')).toBeUndefined();
  });

  it('makes up for purges that it could not send, before it trusts Redis again', async () => {
    const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    ends.push(() => link.close());
    const [here, there] = [await process(link.url), await process()];
    const record = recordOf('http://chat/a');
    await here.store.put(record, purgePoint(here.store));
    await link.refuse();
    await vi.waitFor(() => expect(here.store.isReady).toBe(false));
    await here.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    expect([await here.store.get(record.key), here.store.purgePoint()]).toEqual([undefined, undefined]);
    expect(await there.store.get(record.key)).toEqual(record); // it can't know
    await link.restore();
    await ready(here.store);
    expect(await there.store.get(record.key)).toBeUndefined();
  });

  it('waits for a silent Redis within its limit, then pauses, and hides no purge', async () => {
    const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    ends.push(() => link.close());
    const [here, there] = [await process(link.url, { waitMs: 50 }), await process()];
    const record = recordOf('http://chat/a');
    await here.store.put(record, purgePoint(here.store));
    link.silence();
    // Redis would have 20 s to answer: that these resolve at all is the proof.
    expect(await here.store.get(record.key)).toBeUndefined();
    expect(here.store.isReady).toBe(false);
    await here.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    await link.restore();
    await vi.waitFor(async () => expect(await there.store.get(record.key)).toBeUndefined(), 5_000);
    await ready(here.store);
    expect(await here.store.get(record.key)).toBeUndefined();
  });

  it('finds nothing that was purged here until Redis has confirmed that, and keeps asking for it', async () => {
    const [here, there] = [await process(), await process()];
    const record = recordOf('http://chat/a');
    await here.store.put(record, purgePoint(here.store));
    const refusal = vi.spyOn(here.redis.commands, 'evalsha').mockRejectedValue(new Error('Command timed out'));
    await here.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    expect([await there.store.get(record.key), await here.store.get(record.key)]).toEqual([record, undefined]);
    refusal.mockRestore();
    await there.store.put(record, { ...purgePoint(there.store), purges: 0 });
    await vi.waitFor(async () => expect(await there.store.get(record.key)).toBeUndefined(), 5_000);
  });

  it('trusts nothing for a while after an outage, for others to make up for theirs', async () => {
    const links = [
      await FaultyRedis.inFrontOf(inject('redisUrl')),
      await FaultyRedis.inFrontOf(inject('redisUrl')),
    ] as const;
    ends.push(
      () => links[0].close(),
      () => links[1].close(),
    );
    const [patient, late] = [await process(links[0].url, { distrustMs: 2_000 }), await process(links[1].url)];
    const record = recordOf('http://chat/a');
    await late.store.put(record, purgePoint(late.store));
    await Promise.all(links.map((link) => link.refuse()));
    await vi.waitFor(() => expect([patient.store.isReady, late.store.isReady]).toEqual([false, false]));
    await late.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    await links[0].restore();
    await vi.waitFor(() => expect(patient.redis.isReady).toBe(true), 5_000);
    // it is still there, and yet
    expect([await patient.store.get(record.key), patient.store.isReady]).toEqual([undefined, false]);
    await links[1].restore();
    await ready(patient.store);
    expect(await patient.store.get(record.key)).toBeUndefined();
  });

  it('believes nothing that was stored under another reign of Redis', async () => {
    const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    ends.push(() => link.close());
    const { store, redis } = await process(link.url);
    const record = recordOf('http://chat/a');
    await store.put(record, purgePoint(store));
    const before = purgePoint(store).epoch;
    await redis.commands.hset(`${prefix}{purges}`, 'reign', 'of another server');
    expect(await (await process()).store.get(record.key)).toBeUndefined(); // a process that starts
    link.cut();
    await vi.waitFor(() => expect(store.purgePoint()?.epoch ?? before).not.toBe(before), 15_000);
    expect(await store.get(record.key)).toBeUndefined();
  });

  it.each([
    [
      'went back',
      async (redis: RedisConnections, log: string) =>
        redis.commands.restore(log, 0, (await redis.commands.dumpBuffer(log)) ?? '', 'REPLACE'),
    ],
    [
      'went back and grew again',
      async (_: RedisConnections, __: string, other: RedisResponseStore) =>
        void (await Promise.all(
          [1, 2, 3].map(() => other.purge({ scope: { type: 'url', url: '/else' }, isSoft: false })),
        )),
    ],
  ])('believes nothing once the log %s', async (_, growAgain) => {
    const [here, there] = [await process(), await process()];
    const record = recordOf('http://chat/a');
    await here.store.put(record, purgePoint(here.store));
    const hash = `${prefix}{purges}`;
    const backup = await Promise.all([hash, `${hash}:log`].map((name) => here.redis.commands.dumpBuffer(name)));
    await here.store.purge({ scope: { type: 'url', url: record.url }, isSoft: false });
    await Promise.all(
      backup.map((dump, i) => here.redis.commands.restore([hash, `${hash}:log`][i]!, 0, dump ?? '', 'REPLACE')),
    );
    await growAgain(there.redis, `${hash}:log`, there.store);
    for (const { store } of [here, there])
      await vi.waitFor(
        async () => expect([store.isReady, await store.get(record.key)]).toEqual([true, undefined]),
        5_000,
      );
    expect(await (await process()).store.get(record.key)).toBeUndefined();
  });
});
