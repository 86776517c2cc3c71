import { expect, it, vi } from 'vitest';
import { DependencyUnavailableError, SlipstreamError } from '@slipstream/contracts';
import type { DocumentRecord } from '@slipstream/documents';
import { DocumentWork } from './document-work.js';

const RECORD = { _id: 'd', userId: 'u', kind: 'pdf', state: 'extracting', fence: 3, attempts: 2 } as DocumentRecord;

/** Runs the work of a document whose ingestion fails. */
async function outcomeOf(error: unknown, change: Partial<DocumentRecord> = {}) {
  const ingestions = {
    renew: vi.fn(async () => true),
    release: vi.fn(async () => true),
    finish: vi.fn(async () => ({ ...RECORD, state: 'failed' })),
  };
  const fails = async () => {
    throw error;
  };
  const ports = {
    ingestions,
    ingestion: { run: fails, extractOnly: fails },
    removal: { run: fails },
    invalidator: { document: async () => undefined },
    log: { append: async () => undefined },
    logger: { info: () => undefined, warn: () => undefined },
  };
  const sut = new DocumentWork(ports as never, { leaseMs: 60_000, maxAttempts: 5, keptMs: 1_000 });
  await sut.run({ ...RECORD, ...change });
  return ingestions;
}

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

it.each([
  ['the database is away', new DependencyUnavailableError('mongodb')],
  ['the vector store is away', new DependencyUnavailableError('vectors')],
  ['the disk is full', systemError('ENOSPC')],
  ['the quota of the disk is used up', systemError('EDQUOT')],
  ['too many files are open', systemError('EMFILE')],
  ['no model server is healthy', new SlipstreamError('no_healthy_backends')],
])('waits without using up an attempt if %s', async (_, error) => {
  const { release, finish } = await outcomeOf(error, { attempts: 5 });
  expect(release).toHaveBeenCalledWith('d', 3, expect.any(Number), { attempts: 4 });
  expect(finish).not.toHaveBeenCalled();
});

it('tries again after a failure of the model, which counts as an attempt, and fails after the last one', async () => {
  const error = new SlipstreamError('model_failed', 'The embedding server answered NaN.', { isRetryable: true });
  const first = await outcomeOf(error);
  expect(first.release).toHaveBeenCalledWith('d', 3, expect.any(Number), {});
  const last = await outcomeOf(error, { attempts: 5 });
  expect(last.release).not.toHaveBeenCalled();
  expect(last.finish.mock.calls[0]).toEqual([
    'd',
    3,
    expect.objectContaining({ state: 'failed', error: { code: 'model_failed', detail: error.message } }),
    undefined,
  ]);
});

it('fails at once if the file is the cause', async () => {
  const { release, finish } = await outcomeOf(new SlipstreamError('document_encrypted'));
  expect(release).not.toHaveBeenCalled();
  expect(finish).toHaveBeenCalledOnce();
});

it('ends an ingestion without attempts left, and keeps what belongs to the loader', async () => {
  const { finish } = await outcomeOf(new Error('not reached'), { attempts: 6, purpose: 'loader' });
  const end = expect.objectContaining({ error: expect.objectContaining({ code: 'attempts_exhausted' }) });
  expect(finish.mock.calls[0]).toEqual(['d', 3, end, 1_000]);
});
