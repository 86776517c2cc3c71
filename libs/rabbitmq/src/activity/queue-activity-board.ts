import { perQueue, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';
import { LastSent } from './last-sent.js';
import { type Activity, type ActivityReport, idleActivity } from './queue-activity.js';

/** A process without a report for this long has ended, or is idle. */
const FORGET_AFTER_MS = 10_000;
/** More processes than any deployment has; further ones are ignored. */
const MAX_PROCESSES = 1_000;

/** Queue activity of all processes of a deployment, by their latest reports. */
export class QueueActivityBoard {
  private readonly reports = new Map<string, { report: ActivityReport; at: number }>();
  /** Kept after its process was dropped, because it remains true. */
  private readonly lastSentAt = perQueue(() => new LastSent());

  /** @param from name of the process. @param now in ms, of any monotonic clock */
  receive(from: string, report: ActivityReport, now: number): void {
    this.forget(now);
    if (!this.reports.has(from) && this.reports.size >= MAX_PROCESSES) return;
    this.reports.set(from, { report, at: now });
    for (const queue of QUEUE_NAMES) this.lastSentAt[queue].note(report[queue].sentAgoMs, now);
  }

  /** @param now of the same clock as in {@link receive} */
  total(queue: QueueName, now: number): Activity {
    this.forget(now);
    const total = { ...idleActivity(), sentAgoMs: this.lastSentAt[queue].agoMs(now) };
    for (const { report } of this.reports.values()) {
      total.publishedPerSecond += report[queue].publishedPerSecond;
      total.acknowledgedPerSecond += report[queue].acknowledgedPerSecond;
      total.retriedPerSecond += report[queue].retriedPerSecond;
      total.deadLetteredPerSecond += report[queue].deadLetteredPerSecond;
      total.inWork += report[queue].inWork;
    }
    return total;
  }

  private forget(now: number): void {
    for (const [from, { at }] of this.reports) if (now - at > FORGET_AFTER_MS) this.reports.delete(from);
  }
}
