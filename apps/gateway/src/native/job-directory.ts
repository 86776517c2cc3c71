import type { JobDocument, JobStore } from '@slipstream/chats';
import { NotFoundError, mayActFor, type Principal } from '@slipstream/contracts';
import type { DocumentRecord, DocumentStore } from '@slipstream/documents';

/** A stored job: a turn of a chat, or the ingestion of a document, which has the document's id. */
export type StoredJob = { kind: 'chat'; turn: JobDocument } | { kind: 'document'; document: DocumentRecord };

/** Finds jobs of all kinds. */
export class JobDirectory {
  constructor(
    private readonly turns: Pick<JobStore, 'find'>,
    private readonly documents: Pick<DocumentStore, 'find'>,
  ) {}

  /** @returns null if the job does not exist */
  async find(id: string): Promise<StoredJob | null> {
    const turn = await this.turns.find(id);
    if (turn) return { kind: 'chat', turn };
    const document = await this.documents.find(id);
    return document && { kind: 'document', document };
  }

  /** @throws NotFoundError `job_not_found`, also for jobs of other users */
  async require(caller: Principal, id: string): Promise<StoredJob> {
    const stored = await this.find(id);
    if (!stored || !mayActFor(caller, ownerOf(stored))) throw new NotFoundError('job', id);
    return stored;
  }
}

const ownerOf = (stored: StoredJob): string => (stored.kind === 'chat' ? stored.turn.userId : stored.document.userId);
