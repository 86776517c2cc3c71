import { beforeAll, expect, it } from 'vitest';
import { reportOf } from '../monitor/query-report.js';
import { queryTotals } from '../monitor/query-totals.js';
import { ownDatabase } from '../testing/own-database.js';
import { adviceOn } from './index-advice.js';
import { QueryOptimizer } from './query-optimizer.js';

const pool = ownDatabase('advice');
const sut = new QueryOptimizer(pool, { warn: () => undefined });
const notes = () => pool.connection.collection('notes');
const COMPOUND = { owner: 1, at: -1 } as const;

beforeAll(async () => {
  await notes().insertMany(Array.from({ length: 500 }, (_, n) => ({ owner: `u${n % 50}`, at: n, kind: n % 2 })));
  await notes().createIndex({ kind: 1 });
  await notes().createIndex({ kind: 1, at: 1 });
  await notes().createIndex({ at: 1 }, { unique: true });
  await notes().createIndex({ owner: 1, kind: 1 }, { partialFilterExpression: { kind: 1 } });
});

/** Reads newest notes of an owner, has the read explained, and returns the advice about the collection. */
async function advice() {
  await notes().find({ owner: 'u7' }).sort({ at: -1 }).toArray();
  const read = pool.queries.statistics().find(({ shape }) => shape.operation === 'find');
  const plan = await sut.explain(read!.shape.id);
  const items = adviceOn(queryTotals([reportOf(pool.queries, sut)]), await sut.indexes(['notes', 'none']), new Date());
  return { items, plan };
}

it('names the missing index, which ends the scan, and the redundant one', async () => {
  const before = await advice();
  expect(before.items).toMatchObject([
    { kind: 'create_index', collection: 'notes', index: COMPOUND },
    { kind: 'hide_index', name: 'kind_1' },
  ]);
  expect(before.plan.examinedPerReturned).toBe(50);
  await notes().createIndex(COMPOUND);
  const after = await advice();
  expect(after.items).toMatchObject([{ kind: 'hide_index', name: 'kind_1' }]);
  expect(after.plan).toMatchObject({ examinedPerReturned: 1, isSortedInMemory: false });
});

it('has the indexes of a collection with what each is for, and how often it was read', async () => {
  const indexes = await sut.indexes(['notes']);
  expect(indexes.map(({ name, purpose }) => [name, purpose])).toEqual(
    expect.arrayContaining([
      ['_id_', 'primary'],
      ['kind_1', undefined],
      ['at_1', 'unique'],
      ['owner_1_kind_1', 'partial'],
    ]),
  );
  for (const index of indexes) expect(index).toMatchObject({ isHidden: false, uses: expect.any(Number) });
});
