import { afterEach, expect, it, vi } from 'vitest';
import { FaultyRedis, PrivateRedis } from '@slipstream/redis/testing';
import { CachedSources } from './cached-sources.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const DEADLINE = { timeout: 30_000, interval: 50 };

/** Two gateways, of which the first can be cut off from Redis. */
async function start() {
  const redis = await PrivateRedis.start();
  ends.push(() => redis.end());
  const link = await FaultyRedis.inFrontOf(redis.url);
  ends.push(() => link.close());
  const sources = await CachedSources.start([link.url, redis.url]);
  ends.push(() => sources.end());
  await sources.readAll();
  return { link, sources };
}

it.each([
  ['its connections are refused', (link: FaultyRedis) => link.refuse()],
  ['its connections fall silent', (link: FaultyRedis) => link.silence()],
] as const)(
  'a gateway loses Redis during purges and writes: %s; once it is back no gateway sends old answers',
  async (_, cutOff) => {
    const { link, sources } = await start();
    await cutOff(link);
    const pages = sources.items.filter(({ kind }) => kind === 'page');
    sources.changeBehind(pages[0]!);
    const purged = await sources.purgeAll(0);
    for (const item of sources.items) await sources.write(item, 0);
    expect(await sources.staleReads([0])).toEqual([]);
    await link.restore();
    await vi.waitFor(async () => expect(await sources.staleReads()).toEqual([]), DEADLINE);
    await sources.expectNothingStaleUntilShared();
    expect([purged, await sources.purgeAll(0)]).toEqual([202, 204]);
  },
);

it('a gateway that is stopped while others purge and write serves nothing from before when it goes on', async () => {
  const { sources } = await start();
  const stopped = sources.gateways[0]!.child;
  stopped.kill('SIGSTOP');
  ends.push(() => stopped.kill('SIGCONT'));
  for (const item of sources.items) await sources.write(item, 1);
  // the time for which memory is believed without a heartbeat
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const reads = sources.staleReads([0]); // they wait in its sockets
  stopped.kill('SIGCONT');
  expect(await reads).toEqual([]);
});
