import { closingEvents, type JobDocument } from '@slipstream/chats';
import { isOpen } from '@slipstream/contracts';
import { documentClosingEvents, type DocumentRecord } from '@slipstream/documents';
import type { FollowedJob, FollowedJobs } from './job-events.js';
import type { JobDirectory, StoredJob } from './job-directory.js';

/** A turn of a chat for its subscribers. */
export const followedTurn = (job: JobDocument): FollowedJob => ({
  _id: job._id,
  userId: job.userId,
  isOpen: isOpen(job.state),
  closing: closingEvents(job),
});

/** The ingestion of a document for its subscribers. */
export const followedDocument = (record: DocumentRecord): FollowedJob => {
  const closing = documentClosingEvents(record);
  return { _id: record._id, userId: record.userId, isOpen: closing.length === 0, closing };
};

/** A job of any kind for its subscribers. */
export const followedJob = (stored: StoredJob): FollowedJob =>
  stored.kind === 'chat' ? followedTurn(stored.turn) : followedDocument(stored.document);

/** The jobs of a directory for their subscribers. */
export const followedJobs = (directory: Pick<JobDirectory, 'find'>): FollowedJobs => ({
  async find(id) {
    const stored = await directory.find(id);
    return stored && followedJob(stored);
  },
});
