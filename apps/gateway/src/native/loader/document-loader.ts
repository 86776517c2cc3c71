import { randomUUID } from 'node:crypto';
import { SlipstreamError, isErrorCode, type Principal } from '@slipstream/contracts';
import {
  loadedPages,
  type DocumentRecord,
  type DocumentStore,
  type LoadedPage,
  type PartStore,
} from '@slipstream/documents';
import type { RequestContext } from '@slipstream/http';
import type { DocumentUploads } from '../documents/document-uploads.js';
import type { SentFile } from '../documents/upload-body.js';
import type { JobEvents } from '../job-events.js';
import { followedDocument } from '../followed-jobs.js';

export interface LoaderSettings {
  /** Longest wait for the text of a file. */
  waitMs: number;
  /** Time for which the text is kept. */
  keptMs: number;
}

export interface LoaderPorts {
  uploads: Pick<DocumentUploads, 'receive'>;
  documents: Pick<DocumentStore, 'findLoaded' | 'keepLoaded'>;
  parts: Pick<PartStore, 'find'>;
  /** Events of documents of the loader. */
  events: Pick<JobEvents, 'read' | 'requireReadable'>;
}

/** Returns the text of files to other applications. The document-worker extracts it, and it is kept for a while. */
export class DocumentLoader {
  constructor(
    private readonly ports: LoaderPorts,
    private readonly settings: LoaderSettings,
  ) {}

  /**
   * Stores the file, waits for its text, and returns it.
   * @param owner the files of an owner share limits, and a fair part of the worker's places
   * @throws SlipstreamError `document_damaged`, `document_loader_timeout`, `queue_full`, …
   */
  async load(
    owner: string,
    file: SentFile,
    context: RequestContext,
    gone: AbortSignal,
  ): Promise<AsyncGenerator<LoadedPage, void, void>> {
    const identity = { id: randomUUID() };
    const stored = await this.ports.uploads.receive({ userId: owner, purpose: 'loader', identity, context }, file);
    const { _id, parts = 0 } = await this.untilExtracted(stored, gone);
    return loadedPages(this.partsOf(_id, parts));
  }

  private async untilExtracted(stored: DocumentRecord, gone: AbortSignal): Promise<DocumentRecord> {
    const { documents, events } = this.ports;
    const job = followedDocument(stored);
    const timeout = AbortSignal.timeout(this.settings.waitMs);
    if (job.isOpen) {
      await events.requireReadable(job);
      const following = events.read(job, undefined, AbortSignal.any([gone, timeout]));
      while (!(await following.next()).done);
    }
    const record = await documents.findLoaded(stored._id);
    if (record?.state === 'extracted' && (await documents.keepLoaded(record._id, this.settings.keptMs))) return record;
    if (record?.state === 'failed') throw failureOf(record);
    throw new SlipstreamError('document_loader_timeout');
  }

  private async *partsOf(id: string, count: number) {
    for (let number = 0; number < count; number += 1) {
      const part = await this.ports.parts.find(id, number);
      if (!part) throw new SlipstreamError('ingestion_failed', 'Extracted text is missing.');
      yield part;
    }
  }
}

function failureOf({ error }: DocumentRecord): SlipstreamError {
  const { code = 'ingestion_failed', detail } = error ?? {};
  return new SlipstreamError(isErrorCode(code) ? code : 'ingestion_failed', detail);
}

/** Owner of files that an application sends: the key, and the user of the application if it names one. */
export const ownerOf = ({ keyId, userId }: Principal, forwardedUser: string | undefined): string =>
  ['loader', keyId, userId ?? forwardedUser].filter((part) => part !== undefined).join(':');
