import { type Lane, LANES, perQueue, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';
import { z } from 'zod';
import type { ConsumeOutcome, PublishOutcome, QueueMetrics } from '../broker.options.js';
import { LastSent } from './last-sent.js';

type Rate = 'publishedPerSecond' | 'acknowledgedPerSecond' | 'retriedPerSecond' | 'deadLetteredPerSecond';

const perRate = <T>(make: (rate: Rate) => T): Record<Rate, T> => ({
  publishedPerSecond: make('publishedPerSecond'),
  acknowledgedPerSecond: make('acknowledgedPerSecond'),
  retriedPerSecond: make('retriedPerSecond'),
  deadLetteredPerSecond: make('deadLetteredPerSecond'),
});

const RATE_OF: Readonly<Record<ConsumeOutcome, Rate>> = {
  ack: 'acknowledgedPerSecond',
  retry: 'retriedPerSecond',
  'dead-letter': 'deadLetteredPerSecond',
};

const activity = z.object({
  ...perRate(() => z.number().nonnegative()),
  inWork: z.number().int().nonnegative(),
  /** Age of the youngest consumed message of the lane, in ms. Absent before the first. */
  sentAgoMs: z.partialRecord(z.enum(LANES), z.number().nonnegative()),
});
/** Recent activity of one process on one queue. */
export type Activity = z.infer<typeof activity>;

/** Recent activity of one process on every queue. */
export const activityReport = z.record(z.enum(QUEUE_NAMES), activity);
export type ActivityReport = z.infer<typeof activityReport>;

export const idleActivity = (): Activity => ({ ...perRate(() => 0), inWork: 0, sentAgoMs: {} });

/** Counts the queue activity of a process on its way to the metrics. RabbitMQ reports no rates over AMQP. */
export class QueueActivity implements QueueMetrics {
  private counts = newCounts();
  private readonly inWork = perQueue(() => 0);
  private readonly lastSentAt = perQueue(() => new LastSent());

  constructor(private readonly next: QueueMetrics) {}

  published(queue: QueueName, type: string, outcome: PublishOutcome): void {
    if (outcome === 'confirmed') this.counts[queue].publishedPerSecond += 1;
    this.next.published(queue, type, outcome);
  }

  taken(queue: QueueName, lane: Lane, waitedSeconds: number | undefined): void {
    this.inWork[queue] += 1;
    if (waitedSeconds !== undefined) this.lastSentAt[queue].note({ [lane]: waitedSeconds * 1_000 }, performance.now());
    this.next.taken(queue, lane, waitedSeconds);
  }

  consumed(queue: QueueName, type: string, outcome: ConsumeOutcome, seconds: number): void {
    this.inWork[queue] -= 1;
    this.counts[queue][RATE_OF[outcome]] += 1;
    this.next.consumed(queue, type, outcome, seconds);
  }

  /** Returns the activity since the last call. @param seconds since that call */
  report(seconds: number): ActivityReport {
    const counts = this.counts;
    this.counts = newCounts();
    return perQueue((queue) => ({
      ...perRate((name) => counts[queue][name] / seconds),
      inWork: this.inWork[queue],
      sentAgoMs: this.lastSentAt[queue].agoMs(performance.now()),
    }));
  }
}

const newCounts = () => perQueue(() => perRate(() => 0));
