import { beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { NotFoundError, SlipstreamError } from '@slipstream/contracts';
import { DatabasePool } from '../database-pool.js';
import { FaultyWire } from '../testing/faulty-wire.js';
import { ownDatabase } from '../testing/own-database.js';
import { QueryOptimizer } from './query-optimizer.js';

const pool = ownDatabase('optimizer');
const logger = { info: () => undefined, warn: vi.fn() };
const notes = ({ connection }: DatabasePool) => connection.collection('notes');
beforeEach(() => logger.warn.mockClear());

/** A pool to which every query is slow. */
async function slowPool(uri = inject('mongodbUri')): Promise<DatabasePool> {
  const slow = new DatabasePool({ uri, minPoolSize: 1, slowQueryMs: 0, logger: { info() {}, warn() {} } });
  slow.start();
  await vi.waitFor(() => slow.check(), { timeout: 20_000 });
  return slow;
}

/** The id of the shape of the reads of `notes`. */
const shapeOf = ({ queries }: DatabasePool): string =>
  queries.statistics().find(({ shape }) => shape.operation === 'find' && shape.collection === 'notes')!.shape.id;

describe('QueryOptimizer', () => {
  it('explains a query on request, and names the scan and the index that ends it', async () => {
    await notes(pool).insertMany(Array.from({ length: 300 }, (_, n) => ({ owner: `u${n % 30}`, n })));
    await notes(pool).find({ owner: 'u7' }).sort({ n: -1 }).toArray();
    const sut = new QueryOptimizer(pool, logger);
    const plan = await sut.explain(shapeOf(pool));
    expect(plan).toMatchObject({ docsExamined: 300, returned: 10, examinedPerReturned: 30, isSortedInMemory: true });
    expect(plan.findings[0]).toMatchObject({ code: 'collection_scan', index: { owner: 1, n: -1 } });
    expect(JSON.stringify(plan)).not.toContain('u7');
    await notes(pool).createIndex({ owner: 1, n: -1 });
    expect(await sut.explain(shapeOf(pool))).toMatchObject({ docsExamined: 10, isSortedInMemory: false, findings: [] });
    expect(sut.planOf(pool.queries.find(shapeOf(pool))!)?.docsExamined).toBe(10);
  });

  it('explains no write, but the read that finds its documents', async () => {
    await notes(pool).insertOne({ owner: 'written', n: 0 });
    await notes(pool).updateMany({ owner: 'written' }, { $inc: { n: 1 } });
    await notes(pool).deleteMany({ owner: 'written', n: 99 });
    const sut = new QueryOptimizer(pool, logger);
    for (const { shape } of pool.queries.statistics().filter(({ sample }) => sample)) await sut.explain(shape.id);
    expect(await notes(pool).find({ owner: 'written' }).toArray()).toMatchObject([{ n: 1 }]);
  });

  it('looks at one slow shape at a time, and at none again before ten minutes', async () => {
    const slow = await slowPool();
    let nowMs = 0;
    const sut = new QueryOptimizer(slow, logger, () => nowMs);
    const plans = () => slow.queries.statistics().filter((each) => sut.planOf(each)).length;
    await notes(slow).find({ a: 1 }).toArray();
    await notes(slow).find({ b: 1 }).toArray();
    for (const expected of [1, 2, 2]) {
      await sut.look();
      expect(plans()).toBe(expected);
    }
    const explained = vi.spyOn(slow.connection.db!, 'command');
    await notes(slow).find({ a: 2 }).toArray();
    await sut.look();
    expect(explained).not.toHaveBeenCalled();
    nowMs = 600_000;
    await sut.look();
    expect(explained).toHaveBeenCalledOnce();
    await slow.close();
  });

  it.each([
    ['is not allowed', { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized' }],
    ['is unknown to the server', { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: 'no such command' }],
    ['is answered by something that is no plan', { ok: 1, hello: 'world' }],
  ])('gives no advice for an hour when explain %s', async (_, answer) => {
    const wire = await FaultyWire.before(inject('mongodbUri'));
    const slow = await slowPool(wire.uri);
    let nowMs = 0;
    const sut = new QueryOptimizer(slow, logger, () => nowMs);
    await notes(slow).find({ a: 1 }).toArray();
    wire.fault = (command) => (command === 'explain' ? answer : undefined);
    await expect(sut.explain(shapeOf(slow))).rejects.toMatchObject({ code: 'explain_refused' });
    expect(sut.refusal).toBeTypeOf('string');
    expect(logger.warn).toHaveBeenCalledOnce();
    wire.fault = () => undefined;
    const command = vi.spyOn(slow.connection.db!, 'command');
    await sut.look();
    expect(command).not.toHaveBeenCalled();
    nowMs = 3_600_000;
    expect(sut.refusal).toBeUndefined();
    await slow.close();
    wire.close();
  });

  it('knows no query that did not run', async () => {
    const sut = new QueryOptimizer(pool, logger);
    await expect(sut.explain('000000000000')).rejects.toThrow(NotFoundError);
    await expect(sut.explain('000000000000')).rejects.toBeInstanceOf(SlipstreamError);
  });
});
