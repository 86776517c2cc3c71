import { afterEach, beforeEach, describe, it } from 'vitest';
import { PrivateRedisCluster } from '@slipstream/redis/testing';
import { CachedSources } from './cached-sources.js';

describe('a Redis Cluster of three', () => {
  let cluster: PrivateRedisCluster;
  let sources: CachedSources;

  beforeEach(async () => {
    cluster = await PrivateRedisCluster.start();
    sources = await CachedSources.start([cluster.url, cluster.url]);
    await sources.readAll();
  });
  afterEach(async () => {
    await sources.end();
    await cluster.end();
  });

  it('each node in turn comes back with an older snapshot: no read is stale at any gateway', async () => {
    for (const node of cluster.nodes) {
      await node.keepSnapshot();
      for (const [n, item] of sources.items.entries()) await sources.write(item, n % 2);
      await node.rollBack();
      await sources.expectNothingStaleUntilShared();
      await sources.readAll();
    }
  });

  it('each primary in turn is replaced by a replica that lags behind: no read is stale at any gateway', async () => {
    for (const node of cluster.nodes) {
      const replica = await cluster.addReplicaOf(node);
      await sources.readAll();
      await node.stopReplicating();
      for (const [n, item] of sources.items.entries()) await sources.write(item, n % 2);
      await node.kill();
      await cluster.takeOver(replica);
      await sources.expectNothingStaleUntilShared();
      await sources.readAll();
    }
  });
});
