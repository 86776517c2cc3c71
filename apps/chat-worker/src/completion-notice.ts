import { isStillOwned, type UserStore } from '@slipstream/access';
import type { ChatStore, JobDocument, JobStore } from '@slipstream/chats';
import { messageOf } from '@slipstream/contracts';
import type { NotificationStore } from '@slipstream/notifications';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { Logger } from '@slipstream/telemetry';

/** Sends completion notices of jobs to the users that requested them. */
export class CompletionNotice {
  constructor(
    private readonly jobs: Pick<JobStore, 'notified'>,
    private readonly chats: Pick<ChatStore, 'find'>,
    private readonly users: Pick<UserStore, 'existing'>,
    private readonly notifications: Pick<NotificationStore, 'create' | 'deleteOf'>,
    private readonly queue: Pick<MessageQueue, 'publish'>,
    private readonly logger: Logger,
  ) {}

  /**
   * Never rejects: the sweeper sends notices that were not stored. Sending twice is harmless, because the notification
   * has the job's id.
   */
  async send(job: JobDocument): Promise<void> {
    if (!job.notify || (job.state !== 'succeeded' && job.state !== 'failed')) return;
    try {
      const notificationId = await this.store(job);
      await this.jobs.notified(job._id);
      if (!(await isStillOwned(this.users, job.userId, this.notifications))) return;
      const { requestId, traceparent } = job;
      await this.queue.publish(
        'notification_queue',
        'notification.dispatch',
        { notificationId },
        { requestId, traceparent },
      );
    } catch (error) {
      this.logger.debug(
        { jobId: job._id, reason: messageOf(error) },
        'completion notice not sent; the sweeper will send it',
      );
    }
  }

  /** A notification contains no text of question or answer, because it may be sent by mail. */
  private async store({
    _id: jobId,
    chatId,
    userId,
    state,
    error,
    requestId,
    traceparent,
  }: JobDocument): Promise<string> {
    const chat = (await this.chats.find(chatId))?.title ?? 'a chat';
    const kind = state === 'succeeded' ? 'chat.completed' : 'chat.failed';
    const data = { chat, chatId, jobId, ...(error && { code: error.code }) };
    const stored = await this.notifications.create(
      { id: jobId, requestHash: 'job' },
      { userId, kind, data, requestId, traceparent },
    );
    return stored._id;
  }
}
