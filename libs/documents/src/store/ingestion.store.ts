import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { OPEN_DOCUMENT_STATES } from '@slipstream/contracts';
import { DatabasePool, restOf, takeOverdue, type Model, type QueryFilter } from '@slipstream/mongo';
import { documentModel, type DocumentRecord } from './document.schema.js';

/** `claimed`: this worker has it. `busy`: another has it, or it waits for its retry. `idle`: it has no work. */
export type DocumentClaim = { outcome: 'claimed'; document: DocumentRecord } | { outcome: 'busy' | 'idle' };

/** End of an ingestion. */
export type IngestionEnd = { finalEventId: string } & (
  | { state: 'ready'; index: Omit<NonNullable<DocumentRecord['index']>, 'fence'> }
  | { state: 'extracted' }
  | { state: 'failed'; error: { code: string; detail: string } }
);

const WORK = [...OPEN_DOCUMENT_STATES, 'removing'] as const;

/**
 * The right to work on documents. A worker holds a document by a fenced lease: claiming raises the fence, and each
 * later write names it, so a worker that lost its lease can change nothing.
 */
@Injectable()
export class IngestionStore {
  constructor(
    @InjectModel(documentModel.name) private readonly documents: Model<DocumentRecord>,
    private readonly pool: DatabasePool,
  ) {}

  /**
   * Claims the document for `leaseMs` if it has work: ingestion, removal, or vectors of another space than `space`.
   * Without `space` no vectors count as outdated.
   * @param admit decides on the document before it is claimed
   */
  claim(
    id: string,
    { space, leaseMs }: { space: string | undefined; leaseMs: number },
    admit: (document: DocumentRecord) => boolean,
  ): Promise<DocumentClaim> {
    return this.pool.run('document.claim', async (): Promise<DocumentClaim> => {
      const found = await this.documents.findOne({ _id: id, ...hasWork(space) }).lean<DocumentRecord>();
      if (!found) return { outcome: 'idle' };
      if (found.claimableAt.getTime() > this.pool.clock.settledNow() || !admit(found)) return { outcome: 'busy' };
      const document = await this.documents
        .findOneAndUpdate(
          { _id: id, fence: found.fence, state: found.state },
          { $set: restOf(leaseMs, this.pool.clock), $inc: { fence: 1, attempts: 1 } },
          { returnDocument: 'after' },
        )
        .lean<DocumentRecord>();
      return document ? { outcome: 'claimed', document } : { outcome: 'busy' };
    });
  }

  /** Extends the lease. @returns false if it was lost: another worker claimed the document, or it was removed */
  renew(id: string, fence: number, leaseMs: number): Promise<boolean> {
    return this.update('document.renew', id, fence, restOf(leaseMs, this.pool.clock));
  }

  /** @returns false if the lease was lost */
  progress(
    id: string,
    fence: number,
    change: Partial<Pick<DocumentRecord, 'state' | 'pages' | 'parts' | 'extractor'>>,
  ) {
    return this.update('document.progress', id, fence, change);
  }

  /** Gives the document back, to be claimed again after `delayMs`. @returns false if the lease was lost */
  release(
    id: string,
    fence: number,
    delayMs: number,
    change: Partial<Pick<DocumentRecord, 'passes' | 'attempts'>> = {},
  ): Promise<boolean> {
    return this.update('document.release', id, fence, { ...restOf(delayMs, this.pool.clock), ...change });
  }

  /**
   * Ends the ingestion, and makes search show its rows, in one write.
   * @param keptMs time after which a document of the loader may be removed; absent for documents of users
   * @returns null if the lease was lost
   */
  finish(id: string, fence: number, end: IngestionEnd, keptMs?: number): Promise<DocumentRecord | null> {
    const kept = keptMs === undefined ? {} : restOf(keptMs, this.pool.clock);
    const change =
      end.state === 'ready'
        ? { $set: { ...end, index: { ...end.index, fence }, attempts: 0 }, $unset: { error: 1 } }
        : { $set: { ...end, ...kept } };
    return this.pool.run('document.finish', () =>
      this.documents
        .findOneAndUpdate({ _id: id, fence, state: { $ne: 'removing' } }, change as object, { returnDocument: 'after' })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  /** Forgets a document whose removal is complete. */
  async forget(id: string, fence: number): Promise<void> {
    await this.pool.run('document.forget', () => this.documents.deleteOne({ _id: id, fence, state: 'removing' }));
  }

  /** An upload that broke off becomes a removal. @returns the record; null when there is none */
  takeBrokenUpload(againAfterMs: number): Promise<DocumentRecord | null> {
    return this.takeAbandoned({ state: 'uploading' }, againAfterMs);
  }

  /** A document of the loader that was kept long enough becomes a removal. @returns null when there is none */
  takeExpired(againAfterMs: number): Promise<DocumentRecord | null> {
    return this.takeAbandoned({ purpose: 'loader', state: { $in: ['extracted', 'failed'] } }, againAfterMs);
  }

  /** A document with work that should have been taken up by now; handed out once per `againAfterMs`, to one caller. */
  takeOverdue(againAfterMs: number): Promise<DocumentRecord | null> {
    return this.pool.run('document.sweep', () =>
      takeOverdue(this.documents, { state: { $in: WORK } }, againAfterMs, this.pool.clock),
    );
  }

  /** A ready document whose vectors are in another space than `space`; handed out once per `againAfterMs`. */
  takeOutdated(space: string, againAfterMs: number): Promise<DocumentRecord | null> {
    return this.pool.run('document.sweep', () =>
      takeOverdue(this.documents, outdated(space), againAfterMs, this.pool.clock),
    );
  }

  /** Names of all spaces that some document uses. */
  usedSpaces(): Promise<string[]> {
    return this.pool.run(
      'document.spaces',
      () => this.documents.distinct('index.space', { state: 'ready' }).exec() as Promise<string[]>,
    );
  }

  private takeAbandoned(filter: QueryFilter<DocumentRecord>, againAfterMs: number): Promise<DocumentRecord | null> {
    const { clock } = this.pool;
    return this.pool.run('document.sweep', async () => {
      const overdue = await takeOverdue(this.documents, filter, againAfterMs, clock);
      if (!overdue) return null;
      const change = {
        $set: { state: 'removing', passes: 0, claimableAt: new Date(0) },
        $unset: { contentHash: 1 },
        $inc: { fence: 1 },
      } as const;
      return this.documents
        .findOneAndUpdate({ ...filter, _id: overdue._id }, change, { returnDocument: 'after' })
        .lean<DocumentRecord>()
        .exec();
    });
  }

  private update(operation: string, id: string, fence: number, change: Partial<DocumentRecord>): Promise<boolean> {
    return this.pool.run(operation, async () => {
      return (await this.documents.updateOne({ _id: id, fence }, { $set: change })).matchedCount === 1;
    });
  }
}

const outdated = (space: string): QueryFilter<DocumentRecord> => ({ state: 'ready', 'index.space': { $ne: space } });
const hasWork = (space: string | undefined): QueryFilter<DocumentRecord> =>
  space === undefined ? { state: { $in: WORK } } : { $or: [{ state: { $in: WORK } }, outdated(space)] };
