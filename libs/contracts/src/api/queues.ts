import { z } from 'zod';
import { LANES, QUEUE_NAMES } from '../queues.js';

const count = z.number().int().nonnegative();
const perSecond = z.number().nonnegative();

export const lane = z.enum(LANES);

/** One lane of a queue as its operator sees it. */
const laneView = z.object({
  lane,
  /** Messages that wait for a consumer. */
  ready: count,
  /** Messages that wait for their next attempt. */
  delayed: count,
  /** Subscriptions that take from it. */
  consumers: count,
  /**
   * The oldest of those that are ready has waited at most so long. Absent while none waits, and while it is not known
   * yet.
   */
  oldestAgeSeconds: z.number().optional(),
});

/** A queue as its operator sees it; the rates are of all processes that share a Redis, over the last seconds. */
export const queueView = z.object({
  queue: z.enum(QUEUE_NAMES),
  lanes: z.array(laneView),
  /** Messages being handled. */
  inWork: count,
  deadLetters: count,
  publishedPerSecond: perSecond,
  /** Attempts that ended well. */
  acknowledgedPerSecond: perSecond,
  retriedPerSecond: perSecond,
  deadLetteredPerSecond: perSecond,
});
export type QueueView = z.infer<typeof queueView>;

/** A message that was put aside, without its contents. */
export const deadLetterView = z.object({
  /** Absent on what another program sent without one: it goes with all others only. */
  id: z.string().optional(),
  /** As sent, known or not. */
  type: z.string().optional(),
  lane,
  reason: z.string(),
  /** When it was put aside. */
  deadAt: z.iso.datetime().optional(),
  /** When it was first published. */
  sentAt: z.iso.datetime().optional(),
  /** The attempt that was its last. */
  attempt: count,
  requestId: z.string().optional(),
  sizeBytes: count,
});
export type DeadLetterView = z.infer<typeof deadLetterView>;

/** Id of a message, as its sender made it. */
export const messageId = z.string().min(1).max(255);

/** Query of the dead letters: how many of the oldest. */
export const deadLetterQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
export type DeadLetterQuery = z.infer<typeof deadLetterQuery>;

/** How many dead letters a call has put back or deleted. */
export const deadLetterCount = z.object({ count });
export type DeadLetterCount = z.infer<typeof deadLetterCount>;
