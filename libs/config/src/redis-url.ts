import { parseRedisUrl, REDIS_URL_FORMS, unsupportedRedisKind } from '@slipstream/redis/url';
import { z } from 'zod';

const MEMORY = 'memory:';

/**
 * Where Redis is. The schema accepts what the Redis client accepts, so that a wrong URL is reported with all other
 * mistakes.
 */
export const redisUrl = z
  .string()
  .superRefine((url, context) => {
    const message = mistakeIn(url);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .describe(
    'Event log and cache: redis://host:port/database, rediss:// (TLS), redis+cluster://host:port,host:port, rediss+cluster:// (TLS), or memory: (in the process; npm start only). ' +
      'Redis Sentinel and Unix sockets are not supported. Default: memory: of npm start, redis://127.0.0.1:6379 of a service by itself.',
  );

function mistakeIn(url: string): string | undefined {
  const unsupported = unsupportedRedisKind(url);
  if (unsupported)
    return `${unsupported} is not supported; write the address that leads to the primary, or redis+cluster:// for a Redis Cluster`;
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
