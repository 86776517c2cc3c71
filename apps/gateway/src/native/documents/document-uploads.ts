import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { ConflictError, InvalidInputError, NotFoundError, SlipstreamError, type Lane } from '@slipstream/contracts';
import { fileName, kindOf, type DocumentRecord, type DocumentStore } from '@slipstream/documents';
import type { UserStore } from '@slipstream/access';
import type { CacheInvalidator } from '@slipstream/cache';
import type { EventLog } from '@slipstream/events';
import { isDuplicateKey, type CreateIdentity, type FileBucket } from '@slipstream/mongo';
import type { RequestContext } from '@slipstream/http';
import type { Backlog } from '../backlog.js';
import type { DocumentWaker } from './document-waker.js';
import type { SentFile } from './upload-body.js';
import { bytesLeft, requireWithinLimits, type UploadLimits } from './upload-limits.js';
import { uploadError } from './upload-error.js';
import { UploadMeter } from './upload-meter.js';

export interface UploadPorts {
  documents: DocumentStore;
  files: Pick<FileBucket, 'openUpload' | 'delete'>;
  users: Pick<UserStore, 'existing'>;
  backlog: Pick<Backlog, 'admit'>;
  invalidator: Pick<CacheInvalidator, 'document'>;
  log: Pick<EventLog, 'remove'>;
  waker: Pick<DocumentWaker, 'wake'>;
}

/** Owner and processing of an upload. */
export interface Upload {
  /** A user; for the loader any other name of an owner. */
  userId: string;
  purpose?: 'loader';
  identity: CreateIdentity;
  lane?: Lane;
  context: RequestContext;
}

/** Interval at which a running upload renews its lease. */
const RENEWAL_MS = 60_000;

/** Receives files: streams them into the database, and stores the same content of a user once. */
export class DocumentUploads {
  constructor(
    private readonly ports: UploadPorts,
    private readonly limits: UploadLimits,
  ) {}

  /**
   * @returns the stored document; an earlier one if the user has this content already
   * @throws SlipstreamError `document_empty`, `document_too_large`, `document_limit_reached`, `queue_full`, …
   */
  async receive(upload: Upload, file: SentFile): Promise<DocumentRecord> {
    const { identity, userId, context } = upload;
    const earlier = identity.requestHash === undefined ? null : await this.ports.documents.find(identity.id);
    if (earlier) return this.sameAs(earlier, file);
    await this.requireUser(upload);
    const document = await this.store(upload, file);
    await this.requireUser(upload).catch(async (error: unknown) => {
      await this.discard(document._id);
      throw error;
    });
    await this.ports.invalidator.document(document._id, userId);
    if (document.state === 'queued') this.ports.waker.wake(document, context);
    return document;
  }

  /** @throws NotFoundError `user_not_found` */
  private async requireUser({ userId, purpose }: Upload): Promise<void> {
    if (purpose === undefined && (await this.ports.users.existing([userId])).length === 0)
      throw new NotFoundError('user', userId);
  }

  private async store(upload: Upload, file: SentFile): Promise<DocumentRecord> {
    const { userId, purpose, lane, identity, context } = upload;
    const maxBytes = bytesLeft(await this.ports.documents.usageOf(userId), this.limits);
    await this.ports.backlog.admit(lane);
    const { id } = identity;
    const name = fileName(file.name);
    await this.ports.documents.begin({ id, userId, purpose, name, lane, ...origin(context) }).catch(underWay);
    try {
      const meter = await this.transfer(id, file, maxBytes);
      if (meter.bytes === 0) throw new InvalidInputError('document_empty');
      const { bytes, head } = meter;
      const contentHash = meter.digest();
      const stored = await this.ports.documents.uploaded(id, {
        bytes,
        contentHash,
        kind: kindOf(head, name, file.mediaType),
      });
      if (stored === 'lost') throw new SlipstreamError('body_incomplete', 'The upload took too long and was given up.');
      if (stored !== 'duplicate') {
        requireWithinLimits(await this.ports.documents.usageOf(userId), this.limits);
        return stored;
      }
      await this.discard(id);
      return await this.existing(userId, contentHash);
    } catch (error) {
      await this.discard(id).catch(() => undefined);
      throw error;
    }
  }

  private async transfer(id: string, { content }: SentFile, maxBytes: number): Promise<UploadMeter> {
    const meter = new UploadMeter(maxBytes);
    const givenUp = new AbortController();
    const renew = async (): Promise<void> => {
      if (!(await this.ports.documents.isUploading(id).catch(() => true))) givenUp.abort();
    };
    const renewal = setInterval(() => void renew(), RENEWAL_MS);
    try {
      await pipeline(content, meter, this.ports.files.openUpload(id), { signal: givenUp.signal });
      return meter;
    } catch (error) {
      throw uploadError(error);
    } finally {
      clearInterval(renewal);
    }
  }

  /** A failed document is retried, because the cause of its failure may be over. */
  private async existing(userId: string, contentHash: string): Promise<DocumentRecord> {
    const found = await this.ports.documents.findByContent(userId, contentHash);
    if (!found) throw new ConflictError('call_under_way', 'This document is being removed; send it again.');
    const retried = await this.ports.documents.retry(found._id);
    if (!retried) return found;
    // Its log ends with the failure, at which subscribers stop.
    await this.ports.log.remove(found._id).catch(() => undefined);
    return retried;
  }

  /** @throws ConflictError `idempotency_key_reused` if the content is another one */
  private async sameAs(earlier: DocumentRecord, { content }: SentFile): Promise<DocumentRecord> {
    const meter = new UploadMeter(this.limits.maxFileBytes);
    await pipeline(content, meter, new Writable({ write: (_chunk, _encoding, done) => done() })).catch((error) => {
      throw uploadError(error);
    });
    if (meter.digest() === earlier.contentHash) return earlier;
    throw new ConflictError('idempotency_key_reused');
  }

  private async discard(id: string): Promise<void> {
    const removed = await this.ports.documents.remove(id);
    if (removed) this.ports.waker.wake(removed);
    // It was removed meanwhile, with its user or because it was given up: that removal may have ended.
    else await this.ports.files.delete(id);
  }
}

const origin = ({ requestId, traceparent }: RequestContext) => ({ requestId, traceparent });

function underWay(error: unknown): never {
  if (isDuplicateKey(error)) throw new ConflictError('call_under_way');
  throw error;
}
