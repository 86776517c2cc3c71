import type { TestProject } from 'vitest/node';
import { ensureTestServices } from '../services/test-services.mjs';

/**
 * Hands the services' URLs to the integration specs. npm test has found or started them and says so in the environment;
 * without it (npx vitest, nx test) this does the same for the one run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await ensureTestServices({ env: process.env, log: (line: string) => console.log(line) });
  project.provide('redisUrl', services.env.REDIS_URL);
  project.provide('rabbitmqUrl', services.env.RABBITMQ_URL);
  project.provide('mongodbUri', services.env.MONGODB_URI);
  return services.stop;
}
