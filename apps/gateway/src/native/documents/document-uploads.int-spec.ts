import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { documentStoresOn } from '@slipstream/documents/testing';
import type { RequestContext } from '@slipstream/http';
import { ownDatabase } from '@slipstream/mongo/testing';
import { DocumentUploads } from './document-uploads.js';

const pool = ownDatabase('uploads');
const { documents, ingestions, files } = documentStoresOn(pool);
const collection = (name: string) => pool.connection.collection(`document_files.${name}`);
const left = async () => [await collection('files').countDocuments(), await collection('chunks').countDocuments()];

const LIMITS = { maxFileBytes: 5_000_000, maxPerUser: 9, maxBytesPerUser: 9_000_000, maxOpenPerUser: 9 };
const uploads = new DocumentUploads(
  {
    documents,
    files,
    users: { existing: async (ids) => [...ids] },
    backlog: { admit: async () => undefined },
    invalidator: { document: async () => true } as never,
    log: { remove: async () => undefined },
    waker: { wake: () => undefined },
  },
  LIMITS,
);

/** The removal of a worker, up to its last pass. */
async function endRemoval(id: string): Promise<void> {
  const claim = await ingestions.claim(id, { space: undefined, leaseMs: 60_000 }, () => true);
  if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
  await files.delete(id);
  await ingestions.forget(id, claim.document.fence);
}

it('keeps nothing of a file whose user was removed while it was uploaded', async () => {
  const content = new PassThrough();
  const identity = { id: randomUUID() };
  const context = { requestId: 'r' } as RequestContext;
  const received = uploads.receive({ userId: 'ada', identity, context }, { mediaType: 'text/plain', content });
  content.write(randomBytes(600_000));
  await vi.waitFor(async () => expect((await left())[1]).toBeGreaterThan(0));
  await documents.deleteOf('ada');
  await endRemoval(identity.id);
  content.end(randomBytes(600_000));
  await expect(received).rejects.toMatchObject({ code: 'body_incomplete' });
  expect(await left()).toEqual([0, 0]);
});
