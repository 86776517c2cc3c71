import { perQueue, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';
import { LastSent } from './last-sent.js';
import { type Activity, type ActivityReport, idleActivity } from './queue-activity.js';

/** A process that was not heard of for so long is gone, or idle. */
const FORGET_AFTER_MS = 10_000;
/** More processes than any deployment has; whoever comes beyond is left out. */
const MAX_PROCESSES = 1_000;

/** What all processes of a deployment do with the queues, by what each of them last told. */
export class QueueActivityBoard {
  private readonly reports = new Map<string, { report: ActivityReport; at: number }>();
  /** Kept when its process is forgotten: it stays true. */
  private readonly lastSentAt = perQueue(() => new LastSent());

  /** @param from the process's own name. @param now in ms, of any clock that only goes forward */
  receive(from: string, report: ActivityReport, now: number): void {
    this.forget(now);
    if (!this.reports.has(from) && this.reports.size >= MAX_PROCESSES) return;
    this.reports.set(from, { report, at: now });
    for (const queue of QUEUE_NAMES) this.lastSentAt[queue].note(report[queue].sentAgoMs, now);
  }

  /** @param now of the clock of {@link receive} */
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
