import type { RedisConnections } from '@slipstream/redis';

const SCAN_COUNT = 1_000;

/** Removes every key that begins with `prefix`, in steps that let others work; the rest of the database is not touched. */
export async function purge(redis: RedisConnections, prefix: string): Promise<void> {
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  await redis.run('cache.purge', async (commands) => {
    for (const server of redis.masters()) {
      let cursor = '0';
      do {
        const [next, found] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
        await Promise.all(found.map((key) => commands.unlink(key)));
        cursor = next;
      } while (cursor !== '0');
    }
  });
}
