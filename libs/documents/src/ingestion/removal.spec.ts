import { expect, it } from 'vitest';
import type { VectorSpace } from '@slipstream/vectors';
import type { DocumentRecord } from '../store/document.schema.js';
import { DocumentRemoval } from './removal.js';

/** Runs one pass of a removal. @returns what it did, in order */
async function pass(passes?: number): Promise<string[]> {
  const done: string[] = [];
  const note = (name: string) => async (id: string) => void done.push(`${name} ${id}`);
  const spaces = ['former', 'current'].map(
    (name) => ({ name, deleteDocument: note(`rows in ${name} of`) }) as unknown as VectorSpace,
  );
  const sut = new DocumentRemoval(
    {
      release: async (id, _fence, delayMs, change) => {
        done.push(`again after ${delayMs} ms ${id} ${JSON.stringify(change)}`);
        return true;
      },
      forget: note('record'),
    },
    { deleteOf: note('text of') },
    { delete: note('file') },
    { names: async () => spaces.map(({ name }) => name), existing: async () => spaces },
  );
  await sut.run({ _id: 'd', fence: 7, ...(passes !== undefined && { passes }) } as DocumentRecord);
  return done;
}

const DELETED = ['rows in former of d', 'rows in current of d', 'text of d', 'file d'];

it('deletes rows of every embedder, text and file, and comes again for what a late worker wrote', async () => {
  expect(await pass()).toEqual([...DELETED, 'again after 15000 ms d {"passes":1}']);
});

it('forgets the document after its last pass', async () => {
  expect(await pass(1)).toEqual([...DELETED, 'record d']);
});
