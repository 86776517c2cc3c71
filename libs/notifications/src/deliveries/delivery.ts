import {
  DependencyUnavailableError,
  SlipstreamError,
  messageOf,
  type NotificationChannel,
  type Tracer,
} from '@slipstream/contracts';
import { runTraced, type Logger } from '@slipstream/telemetry';
import type { Channel, Notice } from '../channel.port.js';
import { DeliveryError } from '../delivery-error.js';
import type { DeliveryDocument, NotificationDocument } from '../notification.schema.js';
import type { NotificationStore } from '../notification.store.js';
import { retryDelayMs } from '../retry-schedule.js';
import type { Templates } from '../templates/templates.js';
import type { AttemptEnd, DeliveryStore } from './delivery.store.js';
import type { Recipients } from './recipients.js';

export interface DeliveryOptions {
  /** Largest number of attempts; then the delivery has failed. */
  maxAttempts: number;
  /** Delay before the second attempt. */
  retryBaseMs: number;
  /** Longer than any channel needs for one delivery, so that no other worker sends meanwhile. */
  leaseMs: number;
}

/** Delivers a notification on one channel: claims the delivery, sends it, and logs the outcome. */
export class Delivery {
  constructor(
    private readonly notifications: Pick<NotificationStore, 'find'>,
    private readonly deliveries: Pick<DeliveryStore, 'claim' | 'settle'>,
    private readonly recipients: Pick<Recipients, 'find'>,
    private readonly channels: Readonly<Record<NotificationChannel, Channel>>,
    private readonly templates: Templates,
    private readonly logger: Logger,
    private readonly options: DeliveryOptions,
    private readonly tracer?: Tracer,
  ) {}

  /** Does nothing if the delivery is claimed, waits for a retry, or has ended. */
  async work(notificationId: string, channel: NotificationChannel): Promise<void> {
    const claimed = await this.deliveries.claim(notificationId, channel, this.options.leaseMs);
    if (!claimed) return;
    const notification = await this.notifications.find(notificationId);
    if (!notification) return this.giveUp(claimed);
    const { requestId, traceparent } = notification;
    const attributes = { 'slipstream.notification.channel': channel };
    const span = { name: `deliver ${channel}`, kind: 'internal', attributes } as const;
    await runTraced(this.tracer, span, { requestId, traceparent }, () => this.send(notification, claimed));
  }

  /** The notification was removed after its dispatch. */
  private async giveUp(claimed: DeliveryDocument): Promise<void> {
    await this.deliveries.settle(claimed, {
      attempt: { at: new Date().toISOString(), outcome: 'failed', code: 'notification_removed' },
    });
  }

  private async send(notification: NotificationDocument, claimed: DeliveryDocument): Promise<void> {
    const end = await this.attempt(notification, claimed);
    const isStored = await this.deliveries.settle(claimed, end);
    const facts = {
      notificationId: notification._id,
      channel: claimed.channel,
      attempt: claimed.attempts.length + 1,
      ...end.attempt,
    };
    if (!isStored)
      return this.logger.warn(facts, 'another worker settled the delivery; the log of the delivery lacks this attempt');
    this.logger[end.attempt.outcome === 'delivered' ? 'info' : 'warn'](facts, SENTENCES[end.attempt.outcome]);
  }

  private async attempt(
    notification: NotificationDocument,
    { channel, attempts }: DeliveryDocument,
  ): Promise<AttemptEnd> {
    try {
      const recipient = await this.recipients.find(notification.userId);
      await this.channels[channel].deliver(this.noticeOf(notification), recipient);
      return { attempt: { at: new Date().toISOString(), outcome: 'delivered' } };
    } catch (error) {
      // An outage of our own store does not count as an attempt. The lease ends, and the sweeper wakes another worker.
      if (error instanceof DependencyUnavailableError) throw error;
      return this.afterFailure(error, attempts.length + 1);
    }
  }

  private afterFailure(error: unknown, attempt: number): AttemptEnd {
    const known = error instanceof SlipstreamError ? error : undefined;
    if (!known) this.logger.error({ reason: messageOf(error) }, 'a channel failed unexpectedly');
    const { status } = error as Partial<DeliveryError>;
    const facts = {
      at: new Date().toISOString(),
      code: known?.code ?? 'unexpected_error',
      ...(error instanceof DeliveryError && status !== undefined && { status }),
    };
    if (!known?.isRetryable || attempt >= this.options.maxAttempts) return { attempt: { ...facts, outcome: 'failed' } };
    return {
      attempt: { ...facts, outcome: 'retry' },
      delayMs: retryDelayMs(attempt, this.options.retryBaseMs, known.retryAfterSeconds),
    };
  }

  private noticeOf({ _id: id, userId, kind, data, url, createdAt }: NotificationDocument): Notice {
    return { id, userId, kind, createdAt, ...(url && { url }), ...this.templates.render(kind, data) };
  }
}

const SENTENCES = {
  delivered: 'notification delivered',
  retry: 'delivery failed; the worker will try again',
  failed: 'delivery failed for good',
} as const;
