import type { JobStore } from '@slipstream/chats';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { Logger } from '@slipstream/telemetry';
import type { CompletionNotice } from './completion-notice.js';

/** Jobs in one round. */
const BATCH = 100;
/** Time after which another wake-up is published for a job that is still open. */
const AGAIN_AFTER_MS = 15_000;

/**
 * Publishes wake-ups for overdue jobs: their message was lost, their worker died, or their retry is due. The loss of a
 * queue is therefore harmless.
 */
export async function wakeOverdueJobs(
  jobs: JobStore,
  queue: Pick<MessageQueue, 'publish'>,
  logger: Logger,
): Promise<void> {
  for (let woken = 0; woken < BATCH; woken++) {
    const job = await jobs.takeOverdue(AGAIN_AFTER_MS);
    if (!job) return;
    await queue.publish('chat_queue', 'chat.generate', { jobId: job._id, chatId: job.chatId }, { lane: job.lane });
    logger.info({ jobId: job._id, state: job.state, attempts: job.attempts }, 'overdue job published again');
  }
}

/** Sends the completion notices of jobs whose worker died before it sent them. */
export async function sendMissedNotices(jobs: JobStore, notice: Pick<CompletionNotice, 'send'>): Promise<void> {
  for (let sent = 0; sent < BATCH; sent++) {
    const job = await jobs.takeUnnotified(AGAIN_AFTER_MS);
    if (!job) return;
    await notice.send(job);
  }
}
