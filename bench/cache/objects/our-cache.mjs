import { randomUUID } from 'node:crypto';
import { createCache } from '@slipstream/cache';
import { RedisConnections } from '@slipstream/redis';

const logger = { debug() {}, info() {}, warn() {} };
const POLL_MS = 10;
const TRUSTED_WITHIN_MS = 15_000;

/**
 * A process's object cache as the services make it; resolves once it trusts Redis and hears the others.
 * @param {string} redisUrl
 * @param {string} prefix of the keys in Redis
 * @param {{maxBytes?: number}} [options]
 */
export async function openOurCache(redisUrl, prefix, options = {}) {
  const redis = new RedisConnections({ url: redisUrl, logger });
  const outcomes = new Map();
  const observer = { read: (_pattern, outcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1) };
  const { manager, close } = createCache({ redis, prefix, logger, observer, ...options });
  await untilTrusted(manager, options);
  outcomes.clear();
  return {
    manager,
    /** How many reads were answered how, since it was trusted. @type {Map<string, number>} */
    outcomes,
    redis,
    async close() {
      close();
      await redis.close();
    },
  };
}

/**
 * Memory is used once the others are heard; where there is to be none, it is enough that Redis keeps what is loaded.
 */
async function untilTrusted(manager, { maxBytes }) {
  for (
    const until = performance.now() + TRUSTED_WITHIN_MS;
    performance.now() < until;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  ) {
    const key = `model:probe ${randomUUID()}`;
    await manager.getOrLoad(key, async () => 1);
    const isKept = maxBytes === undefined ? manager.usage.entries > 0 : (await manager.get(key)) === 1;
    await manager.delete(key);
    if (isKept) return;
  }
  throw new Error(`The object cache did not trust Redis within ${TRUSTED_WITHIN_MS} ms.`);
}
