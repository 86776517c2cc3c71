import { beforeEach, describe, expect, it, vi } from 'vitest';
import { mongo, Schema } from 'mongoose';
import { ownDatabase } from '../testing/own-database.js';
import { migrate, outdatedIn } from './migrate.js';
import { versioned, type Upgrade } from './versioned.js';

const pool = ownDatabase('versions');

/** Version 2 renamed `label` to `title`; version 3 made the one `tag` a list. */
const UPGRADES: Upgrade[] = [
  {
    reads: ['label'],
    apply(document) {
      if ('label' in document) document.title = document.label;
      delete document.label;
    },
  },
  {
    reads: ['tag'],
    apply(document) {
      document.tags ??= 'tag' in document ? [document.tag] : [];
      delete document.tag;
    },
  },
];

interface Note {
  _id: string;
  title: string;
  tags: string[];
  schemaVersion?: number;
}
const schema = versioned(
  new Schema<Note>({ _id: String, title: String, tags: [String] }, { collection: 'notes', versionKey: false }),
  UPGRADES,
);
const notes = pool.connection.model('Note', schema);
pool.connection.model('Plain', new Schema({ text: String }, { collection: 'plain' }));
const raw = () => pool.connection.collection<Record<string, unknown> & { _id: string }>('notes');
const CURRENT = { title: 'old', tags: ['a'], schemaVersion: 3 };

beforeEach(async () => {
  await raw().deleteMany({});
  await raw().insertMany([
    { _id: 'v1', label: 'old', tag: 'a' },
    { _id: 'v2', title: 'old', tag: 'a', schemaVersion: 2 },
    { _id: 'v3', ...CURRENT },
    { _id: 'v4', title: 'old', tags: ['a'], schemaVersion: 4, more: true },
  ]);
});

describe('a stored document of an older version', () => {
  it.each(['v1', 'v2', 'v3'])('is read as the current one: %s', async (_id) => {
    const expected = { _id, ...CURRENT };
    expect(await notes.find({ _id }).lean()).toEqual([expected]);
    expect(await notes.findOne({ _id }).lean()).toEqual(expected);
    expect((await notes.findById(_id))!.toObject()).toEqual(expected);
    expect(await notes.findOneAndUpdate({ _id }, { $set: { other: 1 } }).lean()).toEqual(expected);
    expect(await notes.findOneAndDelete({ _id }).lean()).toEqual(expected);
  });

  it('is read as the current one by a query that names the fields that it wants', async () => {
    expect(await notes.findOne({ _id: 'v1' }, { title: 1 }).lean()).toMatchObject({ title: 'old' });
    expect(await notes.findOne({ _id: 'v3' }, { title: 1 }).lean()).toEqual({
      _id: 'v3',
      title: 'old',
      schemaVersion: 3,
    });
    expect((await notes.findOne({ _id: 'v2' }).select('tags'))!.tags).toEqual(['a']);
  });

  it('keeps what a newer process has set already', async () => {
    await notes.updateOne({ _id: 'v1' }, { $set: { tags: ['new'] } });
    expect(await notes.findById('v1').lean()).toMatchObject({ title: 'old', tags: ['new'] });
  });

  it('is stored as it was until it is migrated', async () => {
    await notes.find().lean();
    expect(await raw().findOne({ _id: 'v1' })).toEqual({ _id: 'v1', label: 'old', tag: 'a' });
  });
});

it('a document of a newer version is left as it is', async () => {
  expect(await notes.findById('v4').lean()).toMatchObject({ schemaVersion: 4, more: true });
});

it('new documents get the current version, by every way of writing', async () => {
  await notes.create({ _id: 'n1', title: 't' });
  await notes.insertMany([{ _id: 'n2', title: 't' }]);
  await notes.updateOne({ _id: 'n3' }, { $set: { title: 't' } }, { upsert: true });
  await notes.findOneAndUpdate({ _id: 'n4' }, { $set: { title: 't' } }, { upsert: true });
  const stored = await raw().find({ title: 't' }).toArray();
  expect(stored.map(({ schemaVersion }) => schemaVersion)).toEqual([3, 3, 3, 3]);
});

describe('the migration', () => {
  const many = Array.from({ length: 1_200 }, (_, n) => ({ _id: `m${n}`, label: `l${n}`, tag: 't' }));

  it('stores the current version of every older document, in batches', async () => {
    await raw().insertMany(many);
    expect(await outdatedIn(pool.connection)).toEqual([{ collection: 'notes', version: 3, documents: 1_202 }]);
    const progress: number[] = [];
    expect(await migrate(pool.connection, 'notes', (migrated) => progress.push(migrated))).toBe(1_202);
    expect(progress).toEqual([500, 1_000, 1_202]);
    expect(await raw().findOne({ _id: 'v1' })).toEqual({ _id: 'v1', ...CURRENT });
    expect(await raw().findOne({ _id: 'm7' })).toEqual({ _id: 'm7', title: 'l7', tags: ['t'], schemaVersion: 3 });
    expect(await raw().findOne({ _id: 'v4' })).toMatchObject({ schemaVersion: 4 });
    expect(await outdatedIn(pool.connection)).toMatchObject([{ documents: 0 }]);
  });

  it('continues where it was stopped', async () => {
    await raw().insertMany(many);
    const stopped = migrate(pool.connection, 'notes', () => {
      throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(await outdatedIn(pool.connection)).toMatchObject([{ documents: 702 }]);
    expect(await migrate(pool.connection, 'notes')).toBe(702);
  });

  it('loses no change that is made between its read and its write', async () => {
    let batches = 0;
    const original = mongo.Collection.prototype.bulkWrite;
    const write = vi.spyOn(mongo.Collection.prototype, 'bulkWrite').mockImplementation(async function (
      this: mongo.Collection,
      ...args
    ) {
      if (batches++ === 0) await raw().updateOne({ _id: 'v1' }, { $set: { tag: 'changed' } });
      return original.apply(this, args);
    });
    expect(await migrate(pool.connection, 'notes')).toBe(2);
    write.mockRestore();
    expect(await raw().findOne({ _id: 'v1' })).toMatchObject({ tags: ['changed'], schemaVersion: 3 });
  });
});
