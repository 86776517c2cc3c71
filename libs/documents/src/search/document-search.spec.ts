import { expect, it } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { Chunk, VectorSpace } from '@slipstream/vectors';
import type { DocumentRecord } from '../store/document.schema.js';
import { DocumentSearch } from './document-search.js';

const rowOf = (documentId: string, fence: number, ordinal = 0): Chunk => ({
  userId: 'ada',
  documentId,
  fence,
  ordinal,
  text: `${documentId} of claim ${fence}`,
  start: 0,
  end: 9,
});

/** A space that finds these rows, by keyword and by vector if it gets one. */
function spaceOf(name: string, rows: Chunk[]) {
  const queries: { userId: string; isByVector: boolean }[] = [];
  const search: VectorSpace['search'] = async ({ userId, vector }) => {
    queries.push({ userId, isByVector: vector !== undefined });
    return { byText: rows, byVector: vector ? rows : [] };
  };
  return { name, search, queries } as unknown as VectorSpace & { queries: typeof queries };
}

const recordOf = (id: string, space: string, fence: number): DocumentRecord =>
  ({ _id: id, name: `${id}.txt`, index: { space, fence } }) as DocumentRecord;

function searchIn(spaces: VectorSpace[], records: DocumentRecord[], embed = async () => [Float32Array.of(1)]) {
  return new DocumentSearch(
    { spacesOf: async () => spaces.map(({ name }) => name), searchable: async () => records },
    {
      existing: async () => spaces,
      space: async () => spaces.at(-1)!,
    },
    { identity: async () => ({ name: 'tiny', dimensions: 1 }), embed },
  );
}

const textsOf = async (sut: DocumentSearch): Promise<string[]> =>
  (await sut.search('ada', { query: 'gulls', k: 9 })).items.map(({ text }) => text);

it('shows the rows of the claim that the record names, none of an earlier or later one', async () => {
  const space = spaceOf('now', [rowOf('a', 1), rowOf('a', 2), rowOf('a', 3)]);
  expect(await textsOf(searchIn([space], [recordOf('a', 'now', 2)]))).toEqual(['a of claim 2']);
});

it('shows no rows of a document without a record that search may show', async () => {
  const space = spaceOf('now', [rowOf('a', 1), rowOf('deleted', 1)]);
  expect(await textsOf(searchIn([space], [recordOf('a', 'now', 1)]))).toEqual(['a of claim 1']);
});

it('shows rows of the space that the record names, while another has the same claim', async () => {
  const [former, now] = [spaceOf('former', [rowOf('a', 1)]), spaceOf('now', [rowOf('a', 1, 5), rowOf('b', 4)])];
  const sut = searchIn([former, now], [recordOf('a', 'former', 1), recordOf('b', 'now', 4)]);
  expect((await textsOf(sut)).toSorted()).toEqual(['a of claim 1', 'b of claim 4']);
  expect(former.queries).toEqual([{ userId: 'ada', isByVector: false }]);
  expect(now.queries).toEqual([{ userId: 'ada', isByVector: true }]);
});

it('searches again if a document was embedded again meanwhile', async () => {
  const now = spaceOf('now', [rowOf('a', 2)]);
  const former = spaceOf('former', [rowOf('a', 1)]);
  let attempts = 0;
  const sut = new DocumentSearch(
    {
      spacesOf: async () => [++attempts === 1 ? 'former' : 'now'],
      searchable: async () => [recordOf('a', 'now', 2)],
    },
    { existing: async ([name]) => [name === 'now' ? now : former], space: async () => now },
    { identity: async () => ({ name: 'tiny', dimensions: 1 }), embed: async () => [Float32Array.of(1)] },
  );
  expect(await textsOf(sut)).toEqual(['a of claim 2']);
  expect(attempts).toBe(2);
});

it('finds by keyword without an embedder, and names none', async () => {
  const space = spaceOf('now', [rowOf('a', 1)]);
  const fails = async () => {
    throw new Error('no embedding server');
  };
  const found = await searchIn([space], [recordOf('a', 'now', 1)], fails).search('ada', { query: 'gulls', k: 9 });
  expect(found.items).toHaveLength(1);
  expect(found).not.toHaveProperty('embedder');
});

it('fails if the vector store is unavailable', async () => {
  const search = async () => {
    throw new DependencyUnavailableError('vectors');
  };
  const sut = searchIn([{ ...spaceOf('now', []), search }], []);
  await expect(textsOf(sut)).rejects.toMatchObject({ code: 'vectors_unavailable' });
});
