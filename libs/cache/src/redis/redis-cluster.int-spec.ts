import { randomUUID } from 'node:crypto';
import { PrivateRedisCluster } from '@slipstream/redis/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../keys.js';
import { CacheChaos } from '../testing/cache-chaos.js';
import { describeCache } from '../testing/cache-contract.js';
import { startProcess, type Process } from '../testing/cache-process.js';

let cluster: PrivateRedisCluster;
beforeAll(async () => void (cluster = await PrivateRedisCluster.start()), 60_000);
afterAll(() => cluster.end());

describeCache('redis cluster', (options) => startProcess(cluster.url, options));

describe('redis cluster: several processes', () => {
  let here: Process;
  let there: Process;
  const users = Array.from({ length: 50 }, (_, i) => keys.user(String(i)));

  beforeEach(async () => {
    const prefix = `test-cache-${randomUUID()}:`;
    here = await startProcess(cluster.url, { prefix, maxPendingInvalidations: 2 });
    there = await startProcess(cluster.url, { prefix });
  });

  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
  });

  it('read together what several servers hold', async () => {
    await Promise.all(users.map((user, i) => there.manager.set(user, i)));
    expect(await here.manager.getMany(users)).toEqual(users.map((_, i) => i));
  });

  it.each([
    ['a key', (process: Process) => Promise.all(users.map((user) => process.manager.delete(user)))],
    ['a tag', (process: Process) => process.manager.deleteTag('t')],
    ['more than it can remember', (process: Process) => process.manager.delete(...users)],
  ])('forget %s that one of them invalidates', async (_, invalidate) => {
    await Promise.all(users.map((user, i) => here.manager.set(user, i, { tags: ['t'] })));
    await there.manager.getMany(users);
    await invalidate(here);
    await vi.waitFor(async () => expect(await there.manager.getMany(users)).toEqual(users.map(() => undefined)), 5_000);
    expect(await here.manager.getMany(users)).toEqual(users.map(() => undefined));
  });

  it('hide no write', async () => {
    const chaos = new CacheChaos({ writer: here, readers: [there] });
    await chaos.run();
    await chaos.settle();
  });
});
