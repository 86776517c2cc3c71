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
  /** Number of consumers. */
  consumers: count,
  /** Upper bound of the longest wait of a ready message. Absent while none waits, and before it is known. */
  oldestAgeSeconds: z.number().optional(),
});

/** A queue, as its operator sees it. Rates are sums over all processes that share a Redis, over the last seconds. */
export const queueView = z.object({
  queue: z.enum(QUEUE_NAMES),
  lanes: z.array(laneView),
  /** Messages that are being processed. */
  inWork: count,
  deadLetters: count,
  publishedPerSecond: perSecond,
  /** Successful attempts. */
  acknowledgedPerSecond: perSecond,
  retriedPerSecond: perSecond,
  deadLetteredPerSecond: perSecond,
});
export type QueueView = z.infer<typeof queueView>;

/** A dead letter, without its contents. */
export const deadLetterView = z.object({
  /**
   * Absent if another program sent the message without an id; it is then replayed or deleted only together with all
   * others.
   */
  id: z.string().optional(),
  /** As sent, known or unknown. */
  type: z.string().optional(),
  lane,
  reason: z.string(),
  /** Time at which it became a dead letter. */
  deadAt: z.iso.datetime().optional(),
  /** Time of its first publishing. */
  sentAt: z.iso.datetime().optional(),
  /** Number of its last attempt. */
  attempt: count,
  requestId: z.string().optional(),
  sizeBytes: count,
});
export type DeadLetterView = z.infer<typeof deadLetterView>;

/** Id of a message, from its sender. */
export const messageId = z.string().min(1).max(255);

/** Query of the dead letters: number of the oldest ones. */
export const deadLetterQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
export type DeadLetterQuery = z.infer<typeof deadLetterQuery>;

/** Number of dead letters that a call replayed or deleted. */
export const deadLetterCount = z.object({ count });
export type DeadLetterCount = z.infer<typeof deadLetterCount>;
