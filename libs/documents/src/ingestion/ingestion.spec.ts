import { expect, it } from 'vitest';
import { SlipstreamError } from '@slipstream/contracts';
import type { VectorSpace } from '@slipstream/vectors';
import type { DocumentRecord } from '../store/document.schema.js';
import type { PartRecord } from '../store/part.schema.js';
import { Ingestion } from './ingestion.js';
import { IngestionEvents } from './ingestion-events.js';
import { LeaseLostError } from './report-progress.js';

const PARTS = 4;
const BATCH = 2;
const log = { append: async () => undefined };

/** The rows of one document, by the claims that wrote them. */
class Rows {
  fences: number[] = [];

  readonly space = {
    name: 'space',
    add: async (rows: Parameters<VectorSpace['add']>[0]) => void this.fences.push(...rows.map(({ fence }) => fence)),
    deleteDocument: async (_id: string, beforeFence = Infinity) =>
      void (this.fences = this.fences.filter((fence) => fence >= beforeFence)),
  } as unknown as VectorSpace;
}

/** Embeds a text of four parts under the claim `fence`. */
function ingest(rows: Rows, { fence = 1, signal = NEVER, embed = async () => undefined, holdsLease = true } = {}) {
  const record = { _id: 'd', userId: 'ada', state: 'extracting', fence } as DocumentRecord;
  const blocks = (n: number) => [{ type: 'text', page: n, text: `The gull numbered ${n} sits on the mole.` }];
  const embedder = {
    identity: async () => ({ name: 'tiny', dimensions: 1 }),
    embed: async (texts: readonly string[]) => {
      await embed();
      return texts.map(() => Float32Array.of(1));
    },
  };
  const sut = new Ingestion(
    {
      ingestions: { progress: async () => holdsLease },
      parts: { find: async (_id, n) => (n < PARTS ? ({ blocks: blocks(n) } as PartRecord) : null) },
      extraction: { run: async () => PARTS },
      vectors: { space: async () => rows.space },
      embedder,
      log,
    },
    { chunks: { maxTokens: 32, overlapTokens: 0 }, batchSize: BATCH },
  );
  return sut.run(record, new IngestionEvents(log, record), signal);
}
const NEVER = new AbortController().signal;

/** Runs `effect` at the call for the second batch, when the rows of the first are stored. */
function atSecondBatch(effect: () => void): () => Promise<undefined> {
  let calls = 0;
  return async () => void (++calls === 2 && effect());
}

it('stores a row for each passage under its claim', async () => {
  const rows = new Rows();
  expect(await ingest(rows, { fence: 3 })).toEqual({ space: 'space', embedder: 'tiny', chunks: PARTS });
  expect(rows.fences).toEqual([3, 3, 3, 3]);
});

it('deletes the rows of a worker that was killed while it embedded', async () => {
  const rows = new Rows();
  rows.fences = [1, 1];
  await ingest(rows, { fence: 2 });
  expect(rows.fences).toEqual([2, 2, 2, 2]);
});

it('leaves no rows if the embedding server fails within the document', async () => {
  const rows = new Rows();
  const embed = atSecondBatch(() => {
    expect(rows.fences).toEqual([1, 1]);
    throw new SlipstreamError('model_failed');
  });
  await expect(ingest(rows, { embed })).rejects.toMatchObject({ code: 'model_failed' });
  expect(rows.fences).toEqual([]);
});

it('leaves no rows if the document is deleted while it is embedded', async () => {
  const rows = new Rows();
  const lease = new AbortController();
  const embed = atSecondBatch(() => lease.abort(new LeaseLostError('deleted')));
  await expect(ingest(rows, { embed, signal: lease.signal })).rejects.toThrow(LeaseLostError);
  expect(rows.fences).toEqual([]);
});

it('keeps the rows of the worker that took the document over', async () => {
  const rows = new Rows();
  const lease = new AbortController();
  const embed = atSecondBatch(() => {
    rows.fences.push(2);
    lease.abort(new LeaseLostError('claimed by another worker'));
  });
  await expect(ingest(rows, { embed, signal: lease.signal })).rejects.toThrow(LeaseLostError);
  expect(rows.fences).toEqual([2]);
});

it('writes nothing if the lease was lost before the embedding', async () => {
  const rows = new Rows();
  await expect(ingest(rows, { holdsLease: false })).rejects.toThrow(LeaseLostError);
  expect(rows.fences).toEqual([]);
});
