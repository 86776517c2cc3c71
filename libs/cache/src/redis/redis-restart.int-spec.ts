import { randomUUID } from 'node:crypto';
import { PrivateRedis } from '@slipstream/redis/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CacheChaos } from '../testing/cache-chaos.js';
import { startProcess, trusts } from '../testing/cache-process.js';

let redis: PrivateRedis;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.end());

it('serves on, and hides no write, while Redis is killed and started again under load', async () => {
  const options = { prefix: `test-cache-${randomUUID()}:`, redisWaitMs: 50, distrustMs: 500 };
  const [writer, reader] = await Promise.all([startProcess(redis.url, options), startProcess(redis.url, options)]);
  const chaos = new CacheChaos({ writer, readers: [reader], rounds: 200 });
  const load = chaos.run();
  for (let i = 0; i < 2; i++) {
    await redis.kill();
    await redis.begin();
  }
  await load;
  await Promise.all([trusts(writer), trusts(reader)]);
  await chaos.settle();
  expect(writer.redis.isReady).toBe(true);
  await Promise.all([writer.close(), reader.close()]);
});
