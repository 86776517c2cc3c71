import { delimiter, join } from 'node:path';
import { ensureTestServices } from '../../tools/services/test-services.mjs';
import { ROOT, say } from '../../tools/workspace.mjs';

/**
 * Redis, RabbitMQ and MongoDB, found or started privately, as for `npm test`.
 * @param {AsyncDisposableStack} stack ends them
 * @returns {Promise<{env: {REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}, names: string[]}>} `names`
 * say where each came from
 */
export async function startStores(stack) {
  const lines = [];
  const services = await ensureTestServices({
    env: { ...process.env, PATH: searchPath() },
    log: (line) => (lines.push(line), say(line)),
  });
  stack.defer(() => services.stop());
  return { env: services.env, names: lines.map(withoutPlace) };
}

/** `Redis: private redis-server on port 4711, data in …` without what differs from run to run. */
const withoutPlace = (line) => line.replace(/ on port .*/, '');

/** What may lie beside the checkout comes last, such as database servers. */
const searchPath = () => [process.env.PATH, join(ROOT, '..', 'shared', 'bin')].join(delimiter);
