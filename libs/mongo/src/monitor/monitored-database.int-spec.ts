import { describe, expect, inject, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { currentContext, runInContext } from '@slipstream/telemetry';
import { DatabasePool } from '../database-pool.js';
import { FaultyWire } from '../testing/faulty-wire.js';
import { ownDatabase } from '../testing/own-database.js';

const pool = ownDatabase('monitor');
const logger = { info: () => undefined, warn: vi.fn() };

describe('the database pool, watched', () => {
  it('counts its connections and the waits for them', async () => {
    const before = pool.activity.waits.counts.reduce((sum, count) => sum + count, 0);
    const reads = Array.from({ length: 20 }, () => pool.run('find', () => notes(pool).findOne({ a: 1 })));
    await Promise.all(reads);
    expect(pool.activity.open).toBeGreaterThanOrEqual(1);
    expect(pool.activity).toMatchObject({ inUse: 0, waiting: 0 });
    expect(pool.activity.waits.counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(before + 20);
  });

  it('measures queries by their shape', async () => {
    await notes(pool).insertMany([{ a: 7 }, { a: 7 }, { a: 8 }]);
    for (const a of [7, 8]) await notes(pool).find({ a }).toArray();
    const find = pool.queries.statistics().find(({ shape }) => shape.text === '{"filter":{"a":"?"}}');
    expect(find?.shape).toMatchObject({ operation: 'find', collection: 'notes' });
    expect(find).toMatchObject({ documents: 3, errors: 0, durations: { count: 2 } });
  });

  it('logs a slow query in the context of the work that sent it', async () => {
    const contexts: unknown[] = [];
    const watching = { info: () => undefined, warn: () => contexts.push(currentContext()) };
    const slow = new DatabasePool({ uri: inject('mongodbUri'), minPoolSize: 1, slowQueryMs: 0, logger: watching });
    slow.start();
    await vi.waitFor(() => slow.check(), { timeout: 20_000 });
    const work = ['a', 'b'].map((requestId) =>
      runInContext({ requestId }, () => slow.run('find', () => notes(slow).find({ a: 7 }).toArray())),
    );
    await Promise.all(work);
    expect(contexts).toEqual(expect.arrayContaining([{ requestId: 'a' }, { requestId: 'b' }]));
    await slow.close();
  });

  it('refuses with an unavailable database when every connection stays in use', async () => {
    const wire = await FaultyWire.before(inject('mongodbUri'));
    const small = new DatabasePool({ uri: wire.uri, maxPoolSize: 1, minPoolSize: 1, waitQueueTimeoutMs: 500, logger });
    small.start();
    await vi.waitFor(() => small.check(), { timeout: 20_000 });
    wire.fault = (command) => (command === 'find' ? 'silence' : undefined);
    const held = small.run('find', () => notes(small).find({}).toArray());
    const refused = Array.from({ length: 5 }, () => small.run('find', () => notes(small).find({}).toArray()));
    for (const read of refused) await expect(read).rejects.toThrow(DependencyUnavailableError);
    expect(small.activity.failedWaits.get('timeout')).toBe(5);
    expect(small.activity).toMatchObject({ waiting: 0, inUse: 1, open: 1, idle: 0 });
    const ended = expect(held).rejects.toThrow(DependencyUnavailableError);
    wire.close();
    await ended;
    await small.close();
  });
});

const notes = ({ connection }: DatabasePool) => connection.collection('notes');
