import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, inject, vi } from 'vitest';
import type { DatabaseClock } from '../database-clock.js';
import { DatabasePool } from '../database-pool.js';
import type { Logger } from '@slipstream/contracts';

const silent: Logger<'info' | 'warn'> = { info: () => undefined, warn: () => undefined };

/**
 * A new database for the specs of one file, which is there before the first of them and dropped after the last. To be
 * called outside of them.
 * @param clock default the database's own
 */
export function ownDatabase(name: string, logger = silent, clock?: DatabaseClock): DatabasePool {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/${name}_${randomUUID().slice(0, 8)}`;
  const pool = new DatabasePool({ uri: uri.href, minPoolSize: 1, logger, clock });
  beforeAll(async () => {
    pool.start();
    await vi.waitFor(() => pool.check(), { timeout: 20_000 });
  });
  afterAll(async () => {
    await pool.connection.dropDatabase();
    await pool.close();
  });
  return pool;
}
