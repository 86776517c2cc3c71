import type { Config } from '@slipstream/config';
import { messageOf } from '@slipstream/contracts';
import { inspectMongo } from '@slipstream/mongo';
import { inspectRabbitmq } from '@slipstream/rabbitmq';
import { inspectRedis } from '@slipstream/redis';
import type { Deployment } from './deployment.js';
import { error, note, type Finding } from './finding.js';
import { mongoFindings } from './mongo-checks.js';
import { rabbitmqFindings } from './rabbitmq-checks.js';
import { redisFindings } from './redis-checks.js';

/** Connects to each store, and checks what it reports. */
export async function storeFindings(
  config: Config,
  deployment: Deployment,
  { rabbitmqManagementUrl, now }: { rabbitmqManagementUrl?: string; now: () => number },
): Promise<Finding[]> {
  const { redis, rabbitmq, mongodb } = config;
  const found = await Promise.all([
    reached('redis', 'REDIS_URL', redis.url, async () =>
      (await inspectRedis(redis.url)).flatMap((facts) => redisFindings(facts, deployment, now())),
    ),
    reached('rabbitmq', 'RABBITMQ_URL', rabbitmq.url, async () =>
      rabbitmqFindings(await inspectRabbitmq(rabbitmq.url, rabbitmqManagementUrl)),
    ),
    reached('mongodb', 'MONGODB_URI', mongodb.uri, async () =>
      mongoFindings(await inspectMongo(mongodb.uri), config, deployment, now()),
    ),
  ]);
  return found.flat();
}

async function reached(
  name: string,
  variable: string,
  url: string,
  inspect: () => Promise<Finding[]>,
): Promise<Finding[]> {
  if (url === 'memory:') return [note(name, 'inside the process (memory:)')];
  return inspect().catch((reason: unknown) => [
    error(name, `can't be used: ${messageOf(reason)}`, `start it, or correct ${variable}`),
  ]);
}
