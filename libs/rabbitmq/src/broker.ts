import type { Lane, MessageType, QueueName } from '@slipstream/contracts';

/** What a sender hands over. `payload` fits the schema that `type` has in MESSAGE_SCHEMAS. */
export interface OutgoingMessage {
  /** Unique; stays the same over retries and redeliveries, so that a consumer can tell a repeated message. */
  id: string;
  type: MessageType;
  payload: unknown;
  /** The request that led to this message; goes into the consumer's logs. */
  requestId?: string;
  /** W3C Trace Context `traceparent` of the sender. */
  traceparent?: string;
  /** Interactive messages are handled before background ones. Default `interactive`. */
  lane?: Lane;
  /**
   * After this moment nobody waits for the effect any more: a message that is taken later is put with the dead letters,
   * unhandled.
   */
  deadline?: Date;
}

/** A message as a handler gets it; `payload` has passed the schema of its `type`. */
export interface Delivery extends OutgoingMessage {
  lane: Lane;
  /** When it was first published; absent on what another program sent. */
  sentAt?: Date;
  /** Counts from 1; goes up with every retry, not with a redelivery after a lost connection. */
  attempt: number;
  /** MESSAGE_SCHEMA_VERSION of the sender. */
  schemaVersion: number;
  /** A consumer may have seen this very attempt before: it was handed out and never acknowledged. */
  redelivered: boolean;
}

/** What shall become of a delivery. */
export type Outcome =
  | { do: 'ack' }
  /**
   * Delivered again, as the next attempt, after `afterMs` at the earliest (RabbitMQ: rounded up to a retry queue's
   * delay).
   */
  | { do: 'retry'; afterMs: number }
  /** Put aside for a person to look at, with the reason. The reason must not hold message contents. */
  | { do: 'dead-letter'; reason: string };

export type DeliveryHandler = (delivery: Delivery) => Promise<Outcome>;

export interface ConsumeOptions {
  /** Deliveries in work at a time; at most half of them from the background lane. Minimum 1. */
  concurrency: number;
  /** After this many failed attempts a message is a dead letter. Default 10. */
  maxAttempts?: number;
}

/** One running subscription. */
export interface Consumption {
  /**
   * Takes nothing new, lets the deliveries in work end and settles them. Waits as long as their handlers do; closing
   * the broker ends the wait, and what was unfinished is delivered again. Safe to call twice.
   */
  drain(): Promise<void>;
}

/** One lane of a queue at one moment. */
export interface LaneStatus {
  lane: Lane;
  /** Messages that wait for a consumer. */
  ready: number;
  /** Messages that wait for their next attempt. */
  delayed: number;
  /** Subscriptions that take from it. */
  consumers: number;
}

/** One queue at one moment. */
export interface QueueStatus {
  queue: QueueName;
  lanes: LaneStatus[];
  deadLetters: number;
}

/** A message that was put aside, without its contents. */
export interface DeadLetter {
  /** Undefined for what another program sent without an id: it can be replayed or deleted with all others only. */
  id?: string;
  /** As sent, known or not. */
  type?: string;
  lane: Lane;
  reason: string;
  /** When it was put aside. */
  deadAt?: Date;
  /** When it was first published. */
  sentAt?: Date;
  /** The attempt that was its last. */
  attempt: number;
  requestId?: string;
  sizeBytes: number;
}

/**
 * The dead letters of one queue. Looking takes them out for a moment, so that who looks at the same time may see fewer.
 * All methods throw DependencyUnavailableError.
 */
export interface DeadLetterBox {
  /** Oldest first. */
  list(limit: number): Promise<DeadLetter[]>;
  /** Puts one back into its queue as a first attempt. @returns whether it was there */
  replay(id: string): Promise<boolean>;
  /** Puts all back that were there at the call. @returns how many */
  replayAll(): Promise<number>;
  /** @returns whether it was there */
  delete(id: string): Promise<boolean>;
  /** @returns how many there were */
  deleteAll(): Promise<number>;
}

/**
 * The queues, by whichever driver. Delivery is at least once: handlers are idempotent, or fenced.
 */
export interface Broker {
  /**
   * Resolves when the broker has taken responsibility for the message.
   *
   * While the broker is away, messages wait in a bounded buffer.
   * @throws DependencyUnavailableError when the buffer or the queue is full, when no confirm came within
   * `publishTimeoutMs` (the message may have arrived nevertheless), or after close().
   */
  publish(queue: QueueName, message: OutgoingMessage): Promise<void>;

  /**
   * Resolves at once; deliveries begin as soon as the broker can be reached, and go on after every interruption.
   *
   * A handler that throws is treated by its error: retryable ({@link SlipstreamError.isRetryable}) is tried again with
   * exponential delays, anything else is a dead letter. Messages that can't be read never reach the handler.
   */
  consume(queue: QueueName, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumption>;

  /**
   * What lies in the queues just now.
   * @throws DependencyUnavailableError
   */
  inspect(): Promise<QueueStatus[]>;

  /** The messages of `queue` that were put aside. */
  deadLetters(queue: QueueName): DeadLetterBox;

  /**
   * Asks the broker, over the network, whether it answers.
   * @throws DependencyUnavailableError
   */
  check(): Promise<void>;

  /** Publishes what can still go out, then disconnects. Drain consumptions first. Safe to call twice. */
  close(): Promise<void>;
}
