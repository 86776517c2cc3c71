import { afterEach, expect, it } from 'vitest';
import { FaultyRedis, PrivateRedis } from '@slipstream/redis/testing';
import { CachedSources } from './cached-sources.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startRedis(...args: string[]): Promise<PrivateRedis> {
  const redis = await PrivateRedis.start(...args);
  ends.push(() => redis.end());
  return redis;
}

/** One address, and the two servers that it may lead to. */
async function startPair() {
  const first = await startRedis();
  const second = await startRedis('--replicaof', `127.0.0.1 ${first.port}`);
  const address = await FaultyRedis.inFrontOf(first.url);
  ends.push(() => address.close());
  return { first, second, address };
}

it('one Redis address, failover, 20 writes, failback to older data: no read is stale at any gateway', async () => {
  const { first, second, address } = await startPair();
  await second.replicates();
  const sources = await CachedSources.start([address.url, address.url]);
  ends.push(() => sources.end());
  await sources.readAll();

  await second.command('REPLICAOF', 'NO', 'ONE');
  address.switchTo(second.url);
  await sources.untilShared();
  for (let n = 0; n < 20; n++) await sources.write(sources.items[n % sources.items.length]!, n % 2);
  expect(await sources.staleReads([0])).toEqual([]);
  address.switchTo(first.url);
  await sources.expectNothingStaleUntilShared();
});

it('a replica that lags behind takes over: no read is stale at any gateway', async () => {
  const { first, second, address } = await startPair();
  await second.replicates();
  const sources = await CachedSources.start([address.url, address.url]);
  ends.push(() => sources.end());
  await sources.readAll();

  await first.stopReplicating();
  for (const [n, item] of sources.items.entries()) await sources.write(item, n % 2);
  await first.kill();
  await second.command('REPLICAOF', 'NO', 'ONE');
  address.switchTo(second.url);
  await sources.expectNothingStaleUntilShared();
});
