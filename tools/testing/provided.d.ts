import 'vitest';

declare module 'vitest' {
  /** What the integration project's global setup hands to specs: `inject('redisUrl')`. */
  interface ProvidedContext {
    redisUrl: string;
    rabbitmqUrl: string;
    mongodbUri: string;
  }
}
