import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Table } from '@lancedb/lancedb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LanceSpace } from './lance.space.js';
import { rowSchema } from './row-schema.js';
import { createIndexes } from './space-indexes.js';

const EMBEDDER = { name: 'tiny', dimensions: 2 };
const X = Float32Array.of(1, 0);
const ROWS = 4;
const GULLS = { userId: 'ada', text: 'gulls', vector: X, limit: 9 };

let folder: string;
let table: Table;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lance-space-'));
  table = await (await connect(folder)).createEmptyTable('chunks', rowSchema(EMBEDDER.dimensions));
  await createIndexes(table);
  const space = new LanceSpace(table, EMBEDDER);
  for (let ordinal = 0; ordinal < ROWS; ordinal += 1)
    await space.add([
      { userId: 'ada', documentId: 'd', fence: 1, ordinal, text: `gulls ${ordinal}`, start: 0, end: 7, vector: X },
    ]);
});
afterEach(() => rm(folder, { recursive: true }));

/** The space of a table that changes after a search has its ids, and before it reads the rows. */
function changing(change: () => Promise<unknown>): LanceSpace {
  const take = (ids: readonly bigint[]): object => ({
    withRowId: () => ({
      select: (columns: string[]) => ({
        toArray: async () => {
          await change();
          return table.takeRowIds(ids).withRowId().select(columns).toArray();
        },
      }),
    }),
  });
  const get = (target: Table, key: string | symbol): unknown => {
    const value: unknown = key === 'takeRowIds' ? take : Reflect.get(target, key);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return new LanceSpace(new Proxy(table, { get }), EMBEDDER);
}

async function found(space: LanceSpace): Promise<string[][]> {
  const { byText, byVector } = await space.search(GULLS);
  return [byText, byVector].map((list) => list.map(({ text }) => text).toSorted());
}
const textsOf = (ordinals: number[]): string[] => ordinals.map((ordinal) => `gulls ${ordinal}`);

it('finds all rows while maintenance moves them to another file', async () => {
  const all = textsOf([0, 1, 2, 3]);
  expect(await found(changing(() => table.optimize({ cleanupOlderThan: new Date() })))).toEqual([all, all]);
  expect(await found(new LanceSpace(table, EMBEDDER))).toEqual([all, all]);
});

it('leaves out a row that is deleted meanwhile', async () => {
  const rest = textsOf([0, 2, 3]);
  expect(await found(changing(() => table.delete('ordinal = 1')))).toEqual([rest, rest]);
});

it('returns no row of another user under an id of the search', async () => {
  const change = () => table.update({ where: 'ordinal = 1', values: { userId: 'eve' } });
  const rest = textsOf([0, 2, 3]);
  expect(await found(changing(change))).toEqual([rest, rest]);
});
