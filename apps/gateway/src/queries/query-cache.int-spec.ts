import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createCache } from '@slipstream/cache';
import { cachedQueries, DatabasePool, Schema, type Model } from '@slipstream/mongo';
import { modelOn, ownDatabase } from '@slipstream/mongo/testing';
import { RedisConnections, SharedPurges } from '@slipstream/redis';
import { createTelemetry } from '@slipstream/telemetry';
import { queryCacheIn } from './query-cache.js';

interface Note {
  _id: string;
  owner: string;
  text: string;
}

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const own = ownDatabase('query_cache');
const prefix = `spec-${randomUUID()}:`;
const closing: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** One process: its connections, its cache, and the model of the notes. */
async function newProcess() {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/${own.connection.name}`;
  const pool = new DatabasePool({ uri: uri.href, minPoolSize: 1, logger });
  const schema = cachedQueries(
    new Schema<Note>({ _id: String, owner: String, text: String }, { collection: 'notes', versionKey: false }),
  );
  const notes = modelOn<Note>(pool, { name: 'Note', schema });
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
  const redis = new RedisConnections({ url: inject('redisUrl'), logger });
  const purges = new SharedPurges(redis, { prefix, logger });
  const cache = createCache({ prefix, defaultTtlSeconds: 60, maxBytes: 1_000_000, redis, purges, logger });
  pool.queryCache.bind(queryCacheIn(cache.manager));
  closing.push(async () => {
    cache.close();
    purges.close();
    await redis.close();
    await pool.close();
  });
  return { pool, notes, ...readsOf(pool, notes) };
}

/** Two cached queries, and how often each was run. */
function readsOf({ queryCache }: DatabasePool, notes: Model<Note>) {
  const runs = { byId: 0, byOwner: 0 };
  const shared = { collection: 'notes', ttlSeconds: 60 };
  return {
    runs,
    byId: (id: string) =>
      queryCache.query({ ...shared, name: 'by-id', values: id, ids: [id] }, () => {
        runs.byId += 1;
        return notes.findById(id).lean<Note>().exec();
      }),
    byOwner: (owner: string) =>
      queryCache.query({ ...shared, name: 'by-owner', values: owner }, () => {
        runs.byOwner += 1;
        return notes.find({ owner }).sort({ _id: 1 }).lean<Note[]>().exec();
      }),
  };
}

const [writer, reader] = await Promise.all([newProcess(), newProcess()]);

const textsOf = async () => [
  (await reader.byId('a'))?.text,
  (await reader.byOwner('o')).map(({ text }) => text).join(),
];

/** Until the cache is in use, and both results are in it. */
const untilCached = () =>
  vi.waitFor(
    async () => {
      const before = { ...reader.runs };
      await textsOf();
      expect(reader.runs).toEqual(before);
    },
    { timeout: 20_000 },
  );

beforeEach(async () => {
  await writer.notes.deleteMany({});
  await writer.notes.insertMany([
    { _id: 'a', owner: 'o', text: '1' },
    { _id: 'b', owner: 'o', text: '1' },
  ]);
  await untilCached();
});

describe('a cached query of one process', () => {
  it.each<[string, (notes: Model<Note>) => Promise<unknown>, (string | undefined)[]]>([
    ['updateOne by id', (notes) => notes.updateOne({ _id: 'a' }, { $set: { text: '2' } }), ['2', '2,1']],
    ['findOneAndUpdate by id', (notes) => notes.findByIdAndUpdate('a', { $set: { text: '2' } }).lean(), ['2', '2,1']],
    ['updateMany by a condition', (notes) => notes.updateMany({ owner: 'o' }, { $set: { text: '2' } }), ['2', '2,2']],
    ['replaceOne', (notes) => notes.replaceOne({ _id: 'a' }, { owner: 'o', text: '2' }), ['2', '2,1']],
    ['deleteOne', (notes) => notes.deleteOne({ _id: 'a' }), [undefined, '1']],
    ['create', (notes) => notes.create({ _id: 'c', owner: 'o', text: '2' }), ['1', '1,1,2']],
    ['insertMany', (notes) => notes.insertMany([{ _id: 'c', owner: 'o', text: '2' }]), ['1', '1,1,2']],
    [
      'bulkWrite',
      (notes) => notes.bulkWrite([{ updateOne: { filter: { _id: 'a' }, update: { $set: { text: '2' } } } }]),
      ['2', '2,1'],
    ],
  ])('is dropped by a write of another: %s', async (_, write, expected) => {
    await write(writer.notes);
    await vi.waitFor(async () => expect(await textsOf()).toEqual(expected), { timeout: 20_000 });
  });

  it('stays if a write names another document, and the query names its own', async () => {
    const { byId } = reader.runs;
    await writer.notes.updateOne({ _id: 'b' }, { $set: { text: '2' } });
    await vi.waitFor(async () => expect((await textsOf())[1]).toBe('1,2'), { timeout: 20_000 });
    expect(reader.runs.byId).toBe(byId);
  });

  it('is read by its own process after its own write', async () => {
    await writer.byId('a');
    await writer.notes.updateOne({ _id: 'a' }, { $set: { text: '3' } });
    expect((await writer.byId('a'))?.text).toBe('3');
  });
});

it('runs every query without a port', async () => {
  const uri = new URL(inject('mongodbUri'));
  const pool = new DatabasePool({ uri: uri.href, minPoolSize: 1, logger });
  const load = vi.fn(async () => 1);
  for (let n = 0; n < 2; n++)
    await pool.queryCache.query({ collection: 'notes', name: 'n', values: 1, ttlSeconds: 60 }, load);
  expect(load).toHaveBeenCalledTimes(2);
  await pool.close();
});
