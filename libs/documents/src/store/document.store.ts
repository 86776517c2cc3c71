import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { OPEN_DOCUMENT_STATES, type DocumentKind, type Lane, type Page, type PageQuery } from '@slipstream/contracts';
import {
  DatabasePool,
  newestFirst,
  restOf,
  unclaimedFor,
  unlessDuplicate,
  type Model,
  type QueryFilter,
} from '@slipstream/mongo';
import { documentModel, type DocumentRecord } from './document.schema.js';

/** A file that is about to be uploaded. */
export interface NewDocument {
  id: string;
  userId: string;
  name: string;
  lane?: Lane;
  purpose?: DocumentRecord['purpose'];
  requestId?: string;
  traceparent?: string;
}

/** Properties of an uploaded file. */
export interface UploadedFile {
  bytes: number;
  contentHash: string;
  kind: DocumentKind;
}

/** Totals of one user. */
export interface DocumentUsage {
  documents: number;
  bytes: number;
  open: number;
}

/** An upload without a sign of life for this long is given up. */
const UPLOAD_LEASE_MS = 300_000;
/** Time after which the sweeper wakes a worker for a stored document that no worker claimed. */
const FIRST_WAKE_MS = 5_000;

const STORED = { state: { $nin: ['uploading', 'removing'] } } as QueryFilter<DocumentRecord>;
/** Documents that users see. */
const SHOWN = { ...STORED, purpose: { $exists: false } } as QueryFilter<DocumentRecord>;

/** The documents of users, as the API reads and changes them. Workers claim them by {@link IngestionStore}. */
@Injectable()
export class DocumentStore {
  constructor(
    @InjectModel(documentModel.name) private readonly documents: Model<DocumentRecord>,
    private readonly pool: DatabasePool,
  ) {}

  /** Written before the first byte of the file, so that an upload that breaks off leaves a record to be cleaned up. */
  async begin({ id, lane, purpose, requestId, traceparent, ...document }: NewDocument): Promise<void> {
    await this.pool.run('document.begin', () =>
      this.documents.create({
        _id: id,
        ...document,
        kind: 'unknown',
        bytes: 0,
        state: 'uploading',
        fence: 0,
        attempts: 0,
        ...restOf(UPLOAD_LEASE_MS, this.pool.clock),
        ...(lane && { lane }),
        ...(purpose && { purpose }),
        ...(requestId && { requestId }),
        ...(traceparent && { traceparent }),
      }),
    );
  }

  /** Renews the lease of an upload. @returns false if it was given up */
  isUploading(id: string): Promise<boolean> {
    const change = { $set: restOf(UPLOAD_LEASE_MS, this.pool.clock) };
    return this.pool.run('document.upload', async () => {
      return (await this.documents.updateOne({ _id: id, state: 'uploading' }, change)).matchedCount === 1;
    });
  }

  /**
   * The file is stored whole: from now on it is ingested.
   * @returns `duplicate` if the user has a document with this content; `lost` if the upload was given up
   */
  async uploaded(id: string, file: UploadedFile): Promise<DocumentRecord | 'duplicate' | 'lost'> {
    const change = { $set: { ...file, state: 'queued', ...unclaimedFor(FIRST_WAKE_MS, this.pool.clock) } } as const;
    return this.pool.run('document.uploaded', async () => {
      const result = await unlessDuplicate(
        this.documents
          .findOneAndUpdate({ _id: id, state: 'uploading' }, change, { returnDocument: 'after' })
          .lean<DocumentRecord>()
          .exec()
          .then((stored) => stored ?? ('lost' as const)),
      );
      return result ?? 'duplicate';
    });
  }

  /** A document that failed is tried again from its stored file. @returns null if it has not failed */
  retry(id: string): Promise<DocumentRecord | null> {
    const change = {
      $set: { state: 'queued', attempts: 0, ...unclaimedFor(FIRST_WAKE_MS, this.pool.clock) },
      $unset: { error: 1, finalEventId: 1 },
    } as const;
    return this.pool.run('document.retry', () =>
      this.documents
        .findOneAndUpdate({ _id: id, state: 'failed' }, change, { returnDocument: 'after' })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  /** @returns null if there is none, or it is not shown to users */
  find(id: string): Promise<DocumentRecord | null> {
    return this.pool.run('document.find', () =>
      this.documents
        .findOne({ _id: id, ...SHOWN })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  findByContent(userId: string, contentHash: string): Promise<DocumentRecord | null> {
    return this.pool.run('document.find', () =>
      this.documents
        .findOne({ userId, contentHash, ...STORED })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  /** A document of the loader. @returns null if there is none, or it is being removed */
  findLoaded(id: string): Promise<DocumentRecord | null> {
    return this.pool.run('document.find', () =>
      this.documents
        .findOne({ _id: id, ...STORED, purpose: 'loader' })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  /** Keeps the text of an ended document of the loader for at least `ms` from now. @returns false if it is gone */
  keepLoaded(id: string, ms: number): Promise<boolean> {
    const change = { $set: restOf(ms, this.pool.clock) };
    return this.pool.run('document.keep', async () => {
      return (await this.documents.updateOne({ _id: id, state: 'extracted' }, change)).matchedCount === 1;
    });
  }

  /** @param userId absent: of all users */
  list(userId: string | undefined, query: PageQuery): Promise<Page<DocumentRecord>> {
    const filter = { ...SHOWN, ...(userId !== undefined && { userId }) };
    return this.pool.run('document.list', () => newestFirst(this.documents, filter, query));
  }

  /** The documents among these that search may show to the user. */
  searchable(userId: string, ids: readonly string[]): Promise<DocumentRecord[]> {
    return this.pool.run('document.searchable', () =>
      this.documents
        .find({ _id: { $in: ids }, userId, state: 'ready' })
        .lean<DocumentRecord[]>()
        .exec(),
    );
  }

  /** Names of the spaces that hold vectors of the user's documents. */
  spacesOf(userId: string): Promise<string[]> {
    return this.pool.run(
      'document.spaces',
      () => this.documents.distinct('index.space', { userId, state: 'ready' }).exec() as Promise<string[]>,
    );
  }

  async usageOf(userId: string): Promise<DocumentUsage> {
    const group = {
      _id: null,
      documents: { $sum: 1 },
      bytes: { $sum: '$bytes' },
      open: { $sum: { $cond: [{ $in: ['$state', [...OPEN_DOCUMENT_STATES, 'uploading']] }, 1, 0] } },
    };
    const found = await this.pool.run('document.usage', () =>
      this.documents
        .aggregate<DocumentUsage>([{ $match: { userId, state: { $ne: 'removing' } } }, { $group: group }])
        .exec(),
    );
    return found[0] ?? { documents: 0, bytes: 0, open: 0 };
  }

  /** Number of open documents, counted up to `limit`. */
  countOpen(limit: number): Promise<number> {
    const open = { state: { $in: OPEN_DOCUMENT_STATES } };
    return this.pool.run('document.count', () => this.documents.countDocuments(open, { limit }));
  }

  /**
   * Removes the document for its user. A worker that has it holds an outdated fence. Its data is deleted later.
   * @returns the record as it is now; null if there is none
   */
  remove(id: string): Promise<DocumentRecord | null> {
    return this.pool.run('document.remove', () =>
      this.documents
        .findOneAndUpdate({ _id: id, state: { $ne: 'removing' } }, this.removal(), { returnDocument: 'after' })
        .lean<DocumentRecord>()
        .exec(),
    );
  }

  /** Takes all documents of a user from them. @returns their ids, with those that are being removed already */
  deleteOf(userId: string): Promise<string[]> {
    return this.pool.run('document.remove', async () => {
      const ids = await this.documents.distinct('_id', { userId }).exec();
      await this.documents.updateMany({ userId, state: { $ne: 'removing' } }, this.removal());
      return ids;
    });
  }

  private removal() {
    return {
      $set: { state: 'removing', passes: 0, ...unclaimedFor(FIRST_WAKE_MS, this.pool.clock) },
      $unset: { contentHash: 1, index: 1 },
      $inc: { fence: 1 },
    } as const;
  }
}
