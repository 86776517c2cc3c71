import { type Lane, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';

/**
 * How long the retry queues hold a message. One queue per delay, because a queue lets go of its messages in order: a
 * long wait in front would hold up the short ones behind it.
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
 * Redeliveries (connection lost in mid-work) before the broker itself makes a message a dead letter. Default only from
 * 4.0 on.
 */
const DELIVERY_LIMIT = 20;
/** A full queue refuses its publishers. */
const MAX_MESSAGES = 1_000_000;
/** Dead letters are for people to look at; beyond this many the oldest make room. */
const MAX_DEAD_LETTERS = 100_000;

/**
 * Looking at a dead letter hands it out and takes it back, which RabbitMQ 4 counts; after 20 times it would be gone.
 */
const DEAD_DELIVERY_LIMIT = 1_000_000;

/** The queues of one lane. */
export interface LaneQueues {
  main: string;
  /** Ascending by delay. */
  retries: readonly { queue: string; delayMs: number }[];
}

/** The queues behind one name. Changing a declared argument needs a new queue: RabbitMQ refuses it with 406. */
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

/** The retry queue with the least delay that is no less than `afterMs`; the longest when none is. */
export function retryQueueFor({ main, retries }: LaneQueues, afterMs: number): string {
  const fitting = retries.find(({ delayMs }) => delayMs >= afterMs) ?? retries.at(-1);
  return fitting?.queue ?? main;
}

/** In the order of declaration: where dead letters go exists before there can be any. */
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
 * At-least-once: kept until the target queue has confirmed. It needs `reject-publish`. The exchange '' goes to the
 * queue named by the key.
 */
const deadLettersTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});
