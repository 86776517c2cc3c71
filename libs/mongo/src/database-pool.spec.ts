import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { DatabasePool } from './database-pool.js';

afterEach(() => void vi.useRealTimers());

async function refusingPort(): Promise<number> {
  const refusing = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => refusing.once('listening', resolve));
  const { port } = refusing.address() as { port: number };
  await new Promise((resolve) => refusing.close(resolve));
  return port;
}

describe('DatabasePool', () => {
  it('says again after 10 s that the database is away, though the wall clock was set back by an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const warned = new EventEmitter();
    const uri = `mongodb://127.0.0.1:${await refusingPort()}/`;
    const pool = new DatabasePool({
      uri,
      serverSelectionTimeoutMs: 50,
      logger: { info: () => undefined, warn: () => void warned.emit('warning') },
    });
    const first = once(warned, 'warning');
    pool.start();
    await first;
    vi.advanceTimersByTime(10_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await once(warned, 'warning');
    await pool.close();
  });

  it('refuses operations at once while there is no server, says that it waits, and closes', async () => {
    const port = await refusingPort();
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
