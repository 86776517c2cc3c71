import 'vitest';

declare module 'vitest' {
  /** What the global setup hands to specs: `inject('redisUrl')`. */
  interface ProvidedContext {
    redisUrl: string;
    rabbitmqUrl: string;
    mongodbUri: string;
    /** One set for each spec file that runs at the same time. */
    storeSets: { REDIS_URL: string; RABBITMQ_URL: string; MONGODB_URI: string }[];
  }
}
