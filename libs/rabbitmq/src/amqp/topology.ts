import { type Lane, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';

/**
 * Delays of the retry queues. One queue per delay, because a queue releases its messages in order: a long delay in
 * front would block shorter ones.
 */
export const RETRY_DELAYS = [
  { label: '1s', ms: 1_000 },
  { label: '2s', ms: 2_000 },
  { label: '5s', ms: 5_000 },
  { label: '15s', ms: 15_000 },
  { label: '1m', ms: 60_000 },
  { label: '5m', ms: 300_000 },
] as const;

/**
 * Number of redeliveries (connection lost during processing) after which the broker makes a message a dead letter. A
 * default only from 4.0 on.
 */
const DELIVERY_LIMIT = 20;
/** A full queue rejects publishers. */
const MAX_MESSAGES = 1_000_000;
/** Limit of dead letters per queue; above it the oldest are dropped. */
const MAX_DEAD_LETTERS = 100_000;

/** Reading a dead letter delivers and requeues it, which RabbitMQ 4 counts; after 20 times it would be dropped. */
const DEAD_DELIVERY_LIMIT = 1_000_000;

/** The queues of one lane. */
export interface LaneQueues {
  main: string;
  /** Ascending by delay. */
  retries: readonly { queue: string; delayMs: number }[];
}

/** The queues of one name. Changing a declared argument requires a new queue: RabbitMQ answers 406. */
export interface QueueFamily {
  lanes: Readonly<Record<Lane, LaneQueues>>;
  /** Of all lanes. */
  dead: string;
}

export interface QueueDeclaration {
  queue: string;
  arguments: Readonly<Record<string, string | number>>;
}

export function familyOf(name: QueueName, prefix: string): QueueFamily {
  const main = `${prefix}${name}`;
  return {
    dead: `${main}.dead`,
    lanes: { interactive: laneQueuesOf(main), background: laneQueuesOf(`${main}.background`) },
  };
}

const laneQueuesOf = (main: string): LaneQueues => ({
  main,
  retries: RETRY_DELAYS.map(({ label, ms }) => ({ queue: `${main}.retry.${label}`, delayMs: ms })),
});

export const allFamilies = (prefix: string): QueueFamily[] => QUEUE_NAMES.map((name) => familyOf(name, prefix));

/** Returns the retry queue with the shortest delay of at least `afterMs`, or the longest one. */
export function retryQueueFor({ main, retries }: LaneQueues, afterMs: number): string {
  const fitting = retries.find(({ delayMs }) => delayMs >= afterMs) ?? retries.at(-1);
  return fitting?.queue ?? main;
}

/** In the order of declaration: the target of dead letters exists first. */
export function declarationsOf({ dead, lanes }: QueueFamily): QueueDeclaration[] {
  return [
    {
      queue: dead,
      arguments: {
        'x-queue-type': 'quorum',
        'x-max-length': MAX_DEAD_LETTERS,
        'x-overflow': 'drop-head',
        'x-delivery-limit': DEAD_DELIVERY_LIMIT,
      },
    },
    ...Object.values(lanes).flatMap((lane) => laneDeclarationsOf(lane, dead)),
  ];
}

function laneDeclarationsOf({ main, retries }: LaneQueues, dead: string): QueueDeclaration[] {
  return [
    { queue: main, arguments: { ...durable, ...deadLettersTo(dead), 'x-delivery-limit': DELIVERY_LIMIT } },
    ...retries.map(({ queue, delayMs }) => ({
      queue,
      arguments: { ...durable, ...deadLettersTo(main), 'x-message-ttl': delayMs },
    })),
  ];
}

const durable = { 'x-queue-type': 'quorum', 'x-max-length': MAX_MESSAGES } as const;

/**
 * At-least-once: kept until the target queue has confirmed. It requires `reject-publish`. The exchange '' routes to the
 * queue that the key names.
 */
const deadLettersTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});
