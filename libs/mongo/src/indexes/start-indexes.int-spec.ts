import { describe, expect, inject, it, vi } from 'vitest';
import { Schema } from 'mongoose';
import { DatabasePool } from '../database-pool.js';
import { ownDatabase } from '../testing/own-database.js';
import { buildIndex } from './build-index.js';
import { plannedIndexes } from './planned-index.js';

const own = ownDatabase('start_indexes');

const noteSchema = new Schema({ owner: String, slug: String, at: Date })
  .index({ slug: 1 }, { unique: true })
  .index({ owner: 1, at: -1 })
  .index({ at: 1 }, { expireAfterSeconds: 3600 })
  .index({ owner: 1 }, { partialFilterExpression: { slug: 'a' } });

/** A process that starts with this model of a collection. */
async function started(collection: string): Promise<{ pool: DatabasePool; warn: ReturnType<typeof vi.fn> }> {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/${own.connection.name}`;
  const warn = vi.fn();
  const pool = new DatabasePool({ uri: uri.href, minPoolSize: 1, logger: { info: () => undefined, warn } });
  pool.connection.model('Note', noteSchema, collection);
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
  return { pool, warn };
}

const namesOf = async (collection: string): Promise<unknown[]> =>
  (await own.connection.collection(collection).indexes()).map(({ name }) => name).toSorted();

const ALL = ['_id_', 'at_1', 'owner_1', 'owner_1_at_-1', 'slug_1'];

describe('at the start of a process', () => {
  it('every index of a new collection is created', async () => {
    const { pool, warn } = await started('fresh');
    expect(await namesOf('fresh')).toEqual(ALL);
    expect(warn).not.toHaveBeenCalled();
    await pool.close();
  });

  it('a collection with documents gets its unique and TTL indexes; the others are named', async () => {
    await own.connection.collection('used').insertMany([{ owner: 'o', slug: 's', at: new Date() }]);
    const { pool, warn } = await started('used');
    expect(await namesOf('used')).toEqual(['_id_', 'at_1', 'slug_1']);
    const [fields, text] = warn.mock.calls[0]!;
    expect(fields).toEqual({ indexes: ['used.owner_1_at_-1', 'used.owner_1'] });
    expect(text).toContain('npm run db:indexes');
    const missing = (await plannedIndexes(pool.connection)).filter(({ state }) => state === 'missing');
    expect(missing).toMatchObject([{ name: 'owner_1_at_-1', documents: 1 }, { name: 'owner_1' }]);
    for (const index of missing) await buildIndex(pool.connection.db!, index);
    expect(await namesOf('used')).toEqual(ALL);
    await pool.close();
    const again = await started('used');
    expect(again.warn).not.toHaveBeenCalled();
    await again.pool.close();
  });

  it('an index with other options than declared stays as it is, and is named', async () => {
    await own.connection.collection('other').insertMany([{ owner: 'o', slug: 's', at: new Date() }]);
    await own.connection.collection('other').createIndex({ slug: 1 });
    const { pool, warn } = await started('other');
    expect(warn.mock.calls[0]![0]).toEqual({ indexes: ['other.slug_1', 'other.owner_1_at_-1', 'other.owner_1'] });
    expect((await plannedIndexes(pool.connection))[0]).toMatchObject({ name: 'slug_1', state: 'different' });
    await pool.close();
  });
});
