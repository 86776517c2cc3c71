import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { DatabasePool } from './database-pool.js';

describe('DatabasePool', () => {
  it('refuses operations at once while there is no server, says that it waits, and closes', async () => {
    const refusing = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => refusing.once('listening', resolve));
    const { port } = refusing.address() as { port: number };
    await new Promise((resolve) => refusing.close(resolve));

    const waiting = Promise.withResolvers<object>();
    const pool = new DatabasePool({
      uri: `mongodb://someone:secret@127.0.0.1:${port}/`,
      serverSelectionTimeoutMs: 50,
      logger: { info: () => undefined, warn: (fields) => waiting.resolve(fields) },
    });
    pool.start();
    let ran = false;
    await expect(pool.run('any', async () => (ran = true))).rejects.toThrow(DependencyUnavailableError);
    expect(ran).toBe(false);
    expect(JSON.stringify(await waiting.promise)).not.toContain('secret');
    await pool.close();
    await pool.close();
  });
});
