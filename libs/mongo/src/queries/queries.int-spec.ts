import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Schema } from 'mongoose';
import { ownDatabase } from '../testing/own-database.js';
import { BatchLoader } from './batch-loader.js';
import { bulkUpsert } from './bulk-upsert.js';
import { transaction } from './transaction.js';

const pool = ownDatabase('queries');

interface Account {
  _id: string;
  balance: number;
  name?: string;
}
const schema = new Schema<Account>({ _id: String, balance: Number, name: String }, { collection: 'accounts' });
const accounts = pool.connection.model<Account>('Account', schema);
const balances = async () =>
  Object.fromEntries((await accounts.find().lean()).map(({ _id, balance }) => [_id, balance]));

beforeEach(async () => {
  await accounts.deleteMany({});
  await accounts.insertMany([
    { _id: 'a', balance: 10 },
    { _id: 'b', balance: 0 },
  ]);
});

/** Moves one unit from a to b. */
const move = () =>
  transaction(pool.connection, async (session) => {
    const from = await accounts.findById('a').session(session).lean();
    await accounts.updateOne({ _id: 'a' }, { $set: { balance: from!.balance - 1 } }, { session });
    await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 1 } }, { session });
  });

describe('transaction', () => {
  it('is tried again if another one changed the document', async () => {
    await Promise.all(Array.from({ length: 5 }, move));
    expect(await balances()).toEqual({ a: 5, b: 5 });
  });

  it('stores nothing if its task fails, and ends its session', async () => {
    const ended = vi.fn();
    const failed = transaction(pool.connection, async (session) => {
      session.once('ended', ended);
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 99 } }, { session });
      throw new Error('failed');
    });
    await expect(failed).rejects.toThrow('failed');
    expect(await balances()).toEqual({ a: 10, b: 0 });
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe('bulkUpsert', () => {
  it('stores new documents and changes existing ones, in one round trip', async () => {
    const count = () => pool.queries.statistics().reduce((sum, { durations }) => sum + durations.count, 0);
    const before = count();
    const stored = await bulkUpsert(accounts, [
      { _id: 'a', set: { balance: 11 }, insert: { name: 'not changed' } },
      { _id: 'c', set: { balance: 1 }, insert: { name: 'new' } },
    ]);
    expect(count() - before).toBe(1);
    expect(stored).toBe(1);
    expect(await accounts.find({ _id: { $in: ['a', 'c'] } }, { balance: 1, name: 1 }).lean()).toEqual([
      { _id: 'a', balance: 11 },
      { _id: 'c', balance: 1, name: 'new' },
    ]);
    expect(await bulkUpsert(accounts, [])).toBe(0);
  });
});

describe('BatchLoader', () => {
  it('reads the documents that callers request in one turn by one query', async () => {
    const read = vi.fn((ids: string[]) =>
      accounts
        .find({ _id: { $in: ids } })
        .lean<Account[]>()
        .exec(),
    );
    const loader = new BatchLoader(read);
    const found = await Promise.all(['b', 'none', 'a', 'b'].map((id) => loader.load(id)));
    expect(found.map((each) => each?._id)).toEqual(['b', undefined, 'a', 'b']);
    expect(read.mock.calls).toEqual([[['b', 'none', 'a']]]);
    expect(await loader.load('a')).toMatchObject({ balance: 10 });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('fails every caller of a query that failed, and reads again afterwards', async () => {
    const read = vi
      .fn()
      .mockRejectedValueOnce(new Error('away'))
      .mockResolvedValue([{ _id: 'a' }]);
    const loader = new BatchLoader(read);
    const failed = await Promise.allSettled([loader.load('a'), loader.load('b')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await loader.load('a')).toEqual({ _id: 'a' });
  });

  it('splits more than 500 ids', async () => {
    const read = vi.fn((ids: string[]) => Promise.resolve(ids.map((_id) => ({ _id }))));
    const loader = new BatchLoader(read);
    await Promise.all(Array.from({ length: 501 }, (_, n) => loader.load(String(n))));
    expect(read.mock.calls.map(([ids]) => ids.length)).toEqual([500, 1]);
  });
});
