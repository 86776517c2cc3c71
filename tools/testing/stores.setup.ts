import type { TestProject } from 'vitest/node';
import { ensureTestServices } from '../services/test-services.mjs';
import { storeSetsOf } from './store-sets.mjs';

/**
 * Provides the stores' URLs to the specs. npm test and npm run chaos have started them already, and name them in the
 * environment. Without these (npx vitest, nx test), this function makes sure of one set.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = storeSetsOf(process.env);
  const services =
    given.length > 0
      ? undefined
      : await ensureTestServices({ env: process.env, log: (line: string) => console.log(line) });
  const sets = services ? [services.env] : given;
  const [first] = sets;
  project.provide('storeSets', sets);
  project.provide('redisUrl', first!.REDIS_URL);
  project.provide('rabbitmqUrl', first!.RABBITMQ_URL);
  project.provide('mongodbUri', first!.MONGODB_URI);
  return services?.stop;
}
