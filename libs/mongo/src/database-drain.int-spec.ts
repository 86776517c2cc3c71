import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { DatabasePool } from './database-pool.js';
import { FaultyWire } from './testing/faulty-wire.js';

const logger = { info: () => undefined, warn: () => undefined };
let wire: FaultyWire;
let pool: DatabasePool;

beforeEach(async () => {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/drain_${randomUUID().slice(0, 8)}`;
  wire = await FaultyWire.before(uri.href);
  pool = new DatabasePool({ uri: wire.uri, maxPoolSize: 2, minPoolSize: 1, logger });
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
});
afterEach(async () => {
  wire.close();
  await pool.close();
});

const notes = () => pool.connection.collection<{ _id: string }>('notes');
const insert = (id: string) => pool.run('note.insert', () => notes().insertOne({ _id: id }));

/** Sessions that the driver has not ended. */
const openSessions = (): number =>
  (pool.connection.getClient() as unknown as { s: { activeSessions: Set<unknown> } }).s.activeSessions.size;

it('lets operations on their way and those that wait for a connection end, and refuses new ones', async () => {
  const { arrived, release } = wire.hold('insert');
  const sent = ['a', 'b', 'c', 'd'].map(insert);
  await arrived;
  const closing = pool.close();
  await expect(insert('late')).rejects.toThrow(DependencyUnavailableError);
  release();
  expect((await Promise.all(sent)).map(({ insertedId }) => insertedId)).toEqual(['a', 'b', 'c', 'd']);
  await closing;
});

it('leaks neither a connection nor a session', async () => {
  const sent = ['a', 'b', 'c'].map(insert);
  const closing = pool.close();
  await Promise.all([...sent, closing]);
  expect(pool.activity).toMatchObject({ open: 0, inUse: 0, waiting: 0 });
  expect(pool.activity.closed.get('poolClosed')).toBeGreaterThan(0);
  expect(openSessions()).toBe(0);
});

it('closes although an operation gets no answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  wire.fault = (command) => (command === 'insert' ? 'silence' : undefined);
  const lost = expect(insert('a')).rejects.toThrow(DependencyUnavailableError);
  const closing = pool.close();
  await vi.advanceTimersByTimeAsync(4_000);
  vi.useRealTimers();
  await closing;
  await lost;
  expect(pool.activity).toMatchObject({ open: 0, inUse: 0 });
});
