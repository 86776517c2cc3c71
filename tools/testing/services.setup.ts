import type { TestProject } from 'vitest/node';

/** Hands the services' URLs, as tools/test.mjs found or started them, to the integration specs. */
export default function setup(project: TestProject): void {
  project.provide('redisUrl', required('REDIS_URL'));
  project.provide('rabbitmqUrl', required('RABBITMQ_URL'));
  project.provide('mongodbUri', required('MONGODB_URI'));
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Integration tests need ${name}. Run them with npm test, which starts what they need.`);
  return value;
}
