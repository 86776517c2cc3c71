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

  it('counts what each kind of command returned or wrote, its bytes, and its errors', async () => {
    const marks = pool.connection.collection('marks');
    await marks.insertMany(Array.from({ length: 7 }, (_, n) => ({ a: n % 2, text: 'x'.repeat(100) })));
    await marks.find({ a: 0 }, { batchSize: 2 }).toArray();
    await marks.updateMany({ a: 0 }, { $set: { b: 1 } });
    await marks.findOneAndUpdate({ a: 1 }, { $set: { b: 1 } });
    await marks.findOneAndUpdate({ a: 5 }, { $set: { b: 1 } });
    await marks.distinct('a', {});
    await marks.aggregate([{ $match: { a: 1 } }]).toArray();
    await marks.deleteMany({ a: 1 });
    await expect(marks.find({ a: { $unknown: 1 } }).toArray()).rejects.toThrow();
    const of = (operation: string) =>
      pool.queries
        .statistics()
        .filter(({ shape }) => shape.collection === 'marks' && !shape.text.includes('$unknown'))
        .find(({ shape }) => shape.operation === operation);
    expect(Object.fromEntries(KINDS.map((operation) => [operation, of(operation)?.documents]))).toEqual({
      insert: 7,
      find: 4,
      update: 4,
      findAndModify: 1,
      distinct: 2,
      aggregate: 3,
      delete: 3,
    });
    expect(of('find')!.durations.count).toBeGreaterThan(1); // each batch is a command
    expect(of('find')!.bytes).toBeGreaterThan(400);
    const failed = pool.queries.statistics().find(({ shape }) => shape.text.includes('$unknown'));
    expect(failed).toMatchObject({ errors: 1, documents: 0, durations: { count: 1 } });
  });

  it('names the index of a hint to the server, and reads without it if that index is gone', async () => {
    const ranks = pool.connection.collection('ranks');
    await ranks.insertMany([{ n: 2 }, { n: 1 }, { n: 3 }]);
    const name = await ranks.createIndex({ n: -1 });
    const read = async () => (await ranks.find({ n: { $gte: 0 } }).toArray()).map(({ n }) => Number(n));
    await read();
    const shape = pool.queries
      .statistics()
      .find((each) => each.shape.collection === 'ranks' && each.shape.operation === 'find')!;
    const ascending = await ranks.createIndex({ n: 1 });
    for (const [index, order] of [
      [name, [3, 2, 1]],
      [ascending, [1, 2, 3]],
    ] as const) {
      pool.queries.useHints(new Map([[shape.shape.id, index]]));
      expect(await read()).toEqual(order);
    }
    await ranks.dropIndex(ascending);
    const rows = await read();
    expect(rows.toSorted()).toEqual([1, 2, 3]);
    expect(shape).toMatchObject({ hint: undefined, errors: 0 });
  });

  it('observes its own commands only', async () => {
    const other = new DatabasePool({ uri: inject('mongodbUri'), minPoolSize: 1, logger });
    other.start();
    await vi.waitFor(() => other.check(), { timeout: 20_000 });
    await other.connection.collection('elsewhere').findOne({});
    const collections = ({ queries }: DatabasePool) => queries.statistics().map(({ shape }) => shape.collection);
    expect(collections(other)).toContain('elsewhere');
    expect(collections(pool)).not.toContain('elsewhere');
    await other.close();
  });

  it('observes no commands without its monitor', async () => {
    const options = { uri: inject('mongodbUri'), minPoolSize: 1, slowQueryMs: 0, logger: { ...logger, warn: vi.fn() } };
    const unwatched = new DatabasePool({ ...options, queryMonitor: false });
    unwatched.start();
    await vi.waitFor(() => unwatched.check(), { timeout: 20_000 });
    await unwatched.run('find', () => notes(unwatched).find({}).toArray());
    expect(unwatched.queries.statistics()).toEqual([]);
    expect(options.logger.warn).not.toHaveBeenCalled();
    await unwatched.close();
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
const KINDS = ['insert', 'find', 'update', 'findAndModify', 'distinct', 'aggregate', 'delete'];
