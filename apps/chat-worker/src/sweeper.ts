import { messageOf } from '@slipstream/contracts';
import type { JobStore } from '@slipstream/mongo';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { Logger } from '@slipstream/telemetry';
import type { EndNotice } from './end-notice.js';

/** Jobs woken in one round. */
const BATCH = 100;
/** A job that was woken and is still open is woken again after this long. */
const AGAIN_AFTER_MS = 15_000;

/**
 * Publishes wake-ups for jobs that nobody took up in time: their message was lost, their worker died, or their retry is
 * due. This is what makes a lost queue harmless. Likewise it sends the notices of ended jobs that nobody has sent.
 */
export class Sweeper {
  private timer?: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: JobStore,
    private readonly queue: MessageQueue,
    private readonly notice: Pick<EndNotice, 'send'>,
    private readonly logger: Logger,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    const jittered = this.intervalMs * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.timer && this.start());
    }, jittered);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    try {
      for (const job of await this.jobs.takeOverdue(BATCH, AGAIN_AFTER_MS)) {
        await this.queue.publish('chat_queue', 'chat.generate', { jobId: job._id, chatId: job.chatId }, { lane: job.lane });
        this.logger.info({ jobId: job._id, state: job.state, attempts: job.attempts }, 'overdue job woken');
      }
      await this.notify();
    } catch (error) {
      this.logger.debug({ reason: messageOf(error) }, 'sweep failed; the next round tries again');
    }
  }

  /** Whose worker died between the end of a job and the notification of it. */
  private async notify(): Promise<void> {
    for (let sent = 0; sent < BATCH; sent++) {
      const job = await this.jobs.takeUnnotified(AGAIN_AFTER_MS);
      if (!job) return;
      await this.notice.send(job);
    }
  }
}
