import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { RedisConnections } from '../redis-connections.js';
import { FaultyRedis } from '../testing/faulty-redis.js';
import { SharedPurges } from './shared-purges.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const ends: (() => unknown)[] = [];
let prefix: string;

beforeEach(() => void (prefix = `test-purges-${randomUUID()}:`));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A process of its own, as far as Redis can tell; resolves once it trusts Redis and receives messages. */
async function process(url = inject('redisUrl')) {
  const redis = new RedisConnections({ url, logger, commandTimeoutMs: 20_000 });
  const purges = new SharedPurges(redis, { prefix, distrustMs: 0, logger });
  const noted: string[] = [];
  const forgotten: string[] = [];
  const topic = purges.addTopic<string>({
    name: 'test',
    everything: () => '*',
    parse: (value) => value as string,
    maxPending: 100,
    reset: () => (noted.length = 0),
    note: (purge) => noted.push(purge),
    forget: (purge) => forgotten.push(purge),
  });
  ends.push(
    () => redis.close(),
    () => purges.close(),
  );
  await vi.waitFor(() => expect([purges.trusted !== undefined, purges.isLive]).toEqual([true, true]), 10_000);
  const missed = vi.fn();
  purges.on('missed', missed);
  return { redis, purges, noted, forgotten, missed, purge: (text: string) => topic.confirm(topic.add(text)), topic };
}

const epochsOf = (processes: readonly Awaited<ReturnType<typeof process>>[]) =>
  new Set(processes.map(({ purges }) => purges.position?.epoch));

it('gives every process every purge once and in order, and its own memory none of its own', async () => {
  const all = [await process(), await process(), await process()];
  await Promise.all(Array.from({ length: 90 }, (_, n) => all[n % 3]!.purge(`${n % 3}-${n}`)));
  await vi.waitFor(() => expect(all.map(({ noted }) => noted.length)).toEqual([90, 90, 90]), 10_000);
  expect(all[1]!.noted).toEqual(all[0]!.noted);
  expect(all[2]!.noted).toEqual(all[0]!.noted);
  all.forEach(({ forgotten }, own) => expect(forgotten.filter((text) => text.startsWith(`${own}-`))).toEqual([]));
  const late = await process();
  expect(late.noted).toEqual(all[0]!.noted);
});

it.each([
  ['was deleted', (redis: RedisConnections, hash: string) => redis.commands.del(hash, `${hash}:log`)],
  ['lost its hash', (redis: RedisConnections, hash: string) => redis.commands.del(hash)],
  ['lost its stream', (redis: RedisConnections, hash: string) => redis.commands.del(`${hash}:log`)],
  ['lost its last purge', (redis: RedisConnections, hash: string) => redis.commands.xdel(`${hash}:log`, '4-0')],
  [
    'belongs to another reign',
    (redis: RedisConnections, hash: string) => redis.commands.hset(hash, 'reign', 'another'),
  ],
])(
  'begins one new epoch, in which all processes agree, when the log %s; every memory is dropped',
  async (_, damage) => {
    const all = [await process(), await process(), await process()];
    for (const text of ['a', 'b', 'c']) await all[0]!.purge(text);
    await vi.waitFor(() => expect(all.map(({ noted }) => noted.length)).toEqual([3, 3, 3]));
    const before = all[0]!.purges.position?.epoch;
    for (const { missed } of all) missed.mockClear();
    await damage(all[0]!.redis, `${prefix}{purges}`);
    await vi.waitFor(async () => {
      for (const { purges } of all) if (purges.trusted) await purges.follow(purges.trusted); // as every read does
      const epochs = epochsOf(all);
      expect([epochs.size, epochs.has(before), epochs.has(undefined)]).toEqual([1, false, false]);
    }, 15_000);
    for (const { missed } of all) expect(missed).toHaveBeenCalled();
    await all[1]!.purge('d');
    await vi.waitFor(() => expect(all.map(({ noted }) => noted)).toEqual([['d'], ['d'], ['d']]), 10_000);
  },
);

it('sends purges of an outage before it uses Redis again, and reaches the memory of the others', async () => {
  const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
  ends.push(() => link.close());
  const [here, there] = [await process(link.url), await process()];
  await link.refuse();
  await vi.waitFor(() => expect(here.purges.trusted).toBeUndefined());
  await expect(here.purge('late')).rejects.toThrow();
  expect([[...here.topic.pending], there.forgotten]).toEqual([['late'], []]);
  await link.restore();
  await vi.waitFor(() => expect(here.purges.trusted).toBeDefined(), 15_000);
  expect(here.topic.isSettled).toBe(true);
  await vi.waitFor(() => expect([there.noted, there.forgotten]).toEqual([['late'], ['late']]));
});

it('confirms pending purges when Redis answers in time, and else says that it does not', async () => {
  const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
  ends.push(() => link.close());
  const [here, there] = [await process(link.url), await process()];
  link.silence();
  here.purge('a').catch(() => {}); // its caller doesn't wait
  expect(await here.purges.confirmPending(20)).toBe(false);
  expect(here.topic.isSettled).toBe(false);
  const confirmed = here.purges.confirmPending(20_000);
  await link.restore();
  expect([await confirmed, here.topic.isSettled]).toEqual([true, true]);
  await vi.waitFor(() => expect(there.forgotten).toContain('a'));
});

it('does not wait for a Redis that is unreachable', async () => {
  const link = await FaultyRedis.inFrontOf(inject('redisUrl'));
  ends.push(() => link.close());
  const here = await process(link.url);
  await link.refuse();
  await vi.waitFor(() => expect(here.purges.trusted).toBeUndefined());
  here.purge('a').catch(() => {});
  expect(await here.purges.confirmPending(3_600_000)).toBe(false);
});

it('reports messages that may have been missed as soon as memory is to be used', async () => {
  const { purges, missed } = await process();
  missed.mockClear();
  purges.noticeGap();
  expect(missed).not.toHaveBeenCalled();
  const now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 4_000); // as after a stop of the process
  purges.noticeGap();
  expect([purges.isLive, missed.mock.calls.length]).toEqual([false, 1]);
  clock.mockRestore();
});
