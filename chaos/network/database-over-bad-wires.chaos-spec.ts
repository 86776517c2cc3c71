import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { storesEnv } from '@slipstream/e2e/system';
import { startToxiproxy, type Link, type Toxiproxy } from '@slipstream/e2e/toxiproxy';
import { DatabasePool, transaction } from '@slipstream/mongo';
import { READY_WITHIN_MS } from './bad-wires.js';
import { toxiproxyProgram } from './toxiproxy-program.mjs';

const MAX_POOL_SIZE = 4;
const OUTAGE_MS = 10_000;
const DEADLINE = { timeout: 30_000, interval: 50 };

let toxiproxy: Toxiproxy;
let link: Link;
let pool: DatabasePool;

beforeAll(async () => {
  toxiproxy = await startToxiproxy(await toxiproxyProgram());
  const uri = new URL(storesEnv().MONGODB_URI);
  link = await toxiproxy.link('mongodb', uri.host);
  uri.host = link.address;
  uri.searchParams.set('directConnection', 'true');
  pool = new DatabasePool({
    uri: uri.href,
    minPoolSize: 1,
    maxPoolSize: MAX_POOL_SIZE,
    waitQueueTimeoutMs: 500,
    logger: { info: () => undefined, warn: () => undefined },
  });
  pool.start();
  await vi.waitFor(() => pool.check(), DEADLINE);
  await notes().insertOne({ _id: 'a', n: 0 });
}, READY_WITHIN_MS);

afterAll(async () => {
  await pool.close();
  await toxiproxy.stop();
});

const notes = () => pool.connection.collection<{ _id: string; n: number }>('notes');
const read = () => pool.run('note.find', () => notes().findOne({ _id: 'a' }));

/** Sessions that the driver has not ended. */
const openSessions = (): number =>
  (pool.connection.getClient() as unknown as { s: { activeSessions: Set<unknown> } }).s.activeSessions.size;

/** Each operation ended, and failed only because the database was unreachable. */
function expectClear(results: readonly PromiseSettledResult<unknown>[]): void {
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  for (const failure of failures) expect(failure).toBeInstanceOf(DependencyUnavailableError);
}

const failed = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'rejected').length;

afterEach(async () => {
  await link.heal();
  await vi.waitFor(() => read(), DEADLINE);
  await vi.waitFor(() => {
    const { inUse, waiting, open } = pool.activity;
    expect({ inUse, waiting, sessions: openSessions() }).toEqual({ inUse: 0, waiting: 0, sessions: 0 });
    expect(open).toBeLessThanOrEqual(MAX_POOL_SIZE);
  }, DEADLINE);
});

describe('a pool of connections to a database', () => {
  it('refuses operations while the primary is gone for 10 s, serves after it, and leaks nothing', async () => {
    await link.cut();
    await vi.waitFor(() => expect(pool.isAvailable).toBe(false), DEADLINE);
    const results: PromiseSettledResult<unknown>[] = [];
    for (const until = performance.now() + OUTAGE_MS; performance.now() < until;)
      results.push(...(await Promise.allSettled(Array.from({ length: 20 }, pause))));
    expect(failed(results)).toBe(results.length);
    expectClear(results);
  });

  it('fails the operations of connections that are reset, and no later one', async () => {
    await link.poison({ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } });
    const results = await Promise.allSettled(Array.from({ length: 50 }, read));
    expectClear(results);
    expect(failed(results)).toBeGreaterThan(0);
  });

  it('refuses operations that wait too long for a connection, while slow ones hold them all', async () => {
    const before = pool.activity.failedWaits.get('timeout') ?? 0;
    await link.poison({ type: 'latency', stream: 'downstream', attributes: { latency: 1_500 } });
    const results = await Promise.allSettled(Array.from({ length: 30 }, read));
    expectClear(results);
    expect(failed(results)).toBeGreaterThan(0);
    expect((pool.activity.failedWaits.get('timeout') ?? 0) - before).toBeGreaterThan(0);
  });

  it('stores nothing of a transaction that is cut off, and ends its session', async () => {
    const cut = transaction(pool.connection, async (session) => {
      await notes().updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      await link.cut();
      await notes().updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      throw new Error('not cut off');
    });
    await expect(cut).rejects.not.toThrow('not cut off');
    await link.heal();
    await vi.waitFor(async () => expect(await read()).toEqual({ _id: 'a', n: 0 }), DEADLINE);
  });
});

/** One read; the next ones follow in another turn of the event loop. */
const pause = async (): Promise<unknown> => {
  await new Promise((resolve) => setImmediate(resolve));
  return read();
};
