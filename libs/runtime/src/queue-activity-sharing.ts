import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { activityReport, type QueueActivity, QueueActivityBoard } from '@slipstream/rabbitmq';
import type { MessageBus } from '@slipstream/redis';

const TOPIC = 'queue-activity';
const REPORT_MS = 2_000;

const message = z.object({ from: z.string().max(100), report: activityReport });

/**
 * Publishes this process's queue activity every two seconds, and collects that of the others. Without a bus the board
 * contains this process alone.
 */
export function shareQueueActivity(
  activity: QueueActivity,
  bus: MessageBus,
): { board: QueueActivityBoard; stop: () => void } {
  const board = new QueueActivityBoard();
  const from = randomUUID();
  const leave = bus.subscribe(TOPIC, (unchecked) => {
    const { data } = message.safeParse(unchecked);
    if (data && data.from !== from) board.receive(data.from, data.report, performance.now());
  });
  let reportedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const report = activity.report((now - reportedAt) / 1_000);
    reportedAt = now;
    board.receive(from, report, now);
    bus.publish(TOPIC, { from, report });
  }, REPORT_MS).unref();
  return {
    board,
    stop() {
      clearInterval(timer);
      leave();
    },
  };
}
