import { expect, it } from 'vitest';
import type { JobDocument } from '@slipstream/chats';
import type { Principal } from '@slipstream/contracts';
import type { DocumentRecord } from '@slipstream/documents';
import { JobDirectory } from './job-directory.js';

const turn = { _id: 'answer', userId: 'ada' } as JobDocument;
const document = { _id: 'ingestion', userId: 'ada' } as DocumentRecord;
const directory = new JobDirectory(
  { find: async (id) => (id === turn._id ? turn : null) },
  { find: async (id) => (id === document._id ? document : null) },
);
const userKey = (userId: string): Principal => ({ role: 'user', keyId: 'k', userId });

it('finds answers and ingestions by their id', async () => {
  expect(await directory.find('answer')).toEqual({ kind: 'chat', turn });
  expect(await directory.find('ingestion')).toEqual({ kind: 'document', document });
  expect(await directory.find('unknown')).toBeNull();
});

it.each(['answer', 'ingestion', 'unknown'])('shows another user no job: %s', async (id) => {
  await expect(directory.require(userKey('eve'), id)).rejects.toMatchObject({ code: 'job_not_found' });
});

it.each(['answer', 'ingestion'])('shows its own user the job: %s', async (id) => {
  expect(await directory.require(userKey('ada'), id)).toBeTruthy();
});
