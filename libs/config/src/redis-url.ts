import { parseRedisUrl, REDIS_URL_FORMS, unsupportedRedisKind } from '@slipstream/redis/url';
import { z } from 'zod';

const MEMORY = 'memory:';
const ALTERNATIVES = 'write the address of the primary, or redis+cluster:// for a Redis Cluster';

/**
 * URL of Redis. The schema accepts the same URLs as the Redis client, so that a wrong URL is reported with all other
 * mistakes.
 */
export const redisUrl = z
  .string()
  .superRefine((url, context) => {
    const message = mistakeIn(url);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .describe(
    'URL of Redis, for event log and caches: redis://host:port/database, rediss:// (TLS), ' +
      'redis+cluster://host:port,host:port, rediss+cluster:// (TLS), or memory: (inside the process; npm start ' +
      'only). ' +
      'Redis Sentinel and Unix sockets are not supported. Default: memory: with npm start, else ' +
      'redis://127.0.0.1:6379.',
  );

function mistakeIn(url: string): string | undefined {
  const unsupported = unsupportedRedisKind(url);
  if (unsupported) return `${unsupported} is not supported; ${ALTERNATIVES}`;
  return url === MEMORY || isRedisUrl(url) ? undefined : `must be ${MEMORY}, or ${REDIS_URL_FORMS}`;
}

function isRedisUrl(url: string): boolean {
  try {
    parseRedisUrl(url);
    return true;
  } catch {
    return false;
  }
}
