import type { Lane, MessageType, QueueName } from '@slipstream/contracts';

/** A message of a sender. `payload` matches the schema of `type` in MESSAGE_SCHEMAS. */
export interface OutgoingMessage {
  /** Unique; kept over retries and redeliveries, so that consumers can detect a repeated message. */
  id: string;
  type: MessageType;
  payload: unknown;
  /** Id of the request that caused this message, for the consumer's logs. */
  requestId?: string;
  /** W3C Trace Context `traceparent` of the sender. */
  traceparent?: string;
  /** Interactive messages are processed before background ones. Default `interactive`. */
  lane?: Lane;
  /** Deadline of the effect: a message that is taken later becomes a dead letter, unprocessed. */
  deadline?: Date;
}

/** A message for a handler; `payload` matches the schema of its `type`. */
export interface Delivery extends OutgoingMessage {
  lane: Lane;
  /** Time of its first publishing; absent on messages of other programs. */
  sentAt?: Date;
  /** Counts from 1; increases with every retry, but not with a redelivery after a lost connection. */
  attempt: number;
  /** MESSAGE_SCHEMA_VERSION of the sender. */
  schemaVersion: number;
  /** A consumer may have received this attempt before: it was delivered and not acknowledged. */
  redelivered: boolean;
}

/** Result of a delivery. */
export type Outcome =
  | { do: 'ack' }
  /**
   * Delivered again, as the next attempt, after `afterMs` at the earliest (RabbitMQ: rounded up to the delay of a retry
   * queue).
   */
  | { do: 'retry'; afterMs: number }
  /** Becomes a dead letter with this reason. The reason must not contain message contents. */
  | { do: 'dead-letter'; reason: string };

export type DeliveryHandler = (delivery: Delivery) => Promise<Outcome>;

export interface ConsumeOptions {
  /** Number of deliveries at a time; at most half of them from the background lane. Minimum 1. */
  concurrency: number;
  /** Number of failed attempts after which a message becomes a dead letter. Default 10. */
  maxAttempts?: number;
}

/** One running subscription. */
export interface Consumption {
  /**
   * Accepts no new deliveries, and waits until running ones have ended and are settled, for any time. Closing the
   * broker ends the wait, and unfinished messages are delivered again. May be called twice.
   */
  drain(): Promise<void>;
}

/** State of one lane of a queue. */
export interface LaneStatus {
  lane: Lane;
  /** Messages that wait for a consumer. */
  ready: number;
  /** Messages that wait for their next attempt. */
  delayed: number;
  /** Number of consumers. */
  consumers: number;
}

/** State of one queue. */
export interface QueueStatus {
  queue: QueueName;
  lanes: LaneStatus[];
  deadLetters: number;
}

/** A dead letter, without its contents. */
export interface DeadLetter {
  /**
   * Undefined if another program sent the message without an id; it is then replayed or deleted only together with all
   * others.
   */
  id?: string;
  /** As sent, known or unknown. */
  type?: string;
  lane: Lane;
  reason: string;
  /** Time at which it became a dead letter. */
  deadAt?: Date;
  /** Time of its first publishing. */
  sentAt?: Date;
  /** Number of its last attempt. */
  attempt: number;
  requestId?: string;
  sizeBytes: number;
}

/**
 * The dead letters of one queue. Reading removes them for a short time, so concurrent calls may get fewer. All methods
 * throw DependencyUnavailableError.
 */
export interface DeadLetterBox {
  /** Oldest first. */
  list(limit: number): Promise<DeadLetter[]>;
  /** Returns one to its queue as a first attempt. @returns whether it existed */
  replay(id: string): Promise<boolean>;
  /** Replays all that exist at the call. @returns their number */
  replayAll(): Promise<number>;
  /** @returns whether it existed */
  delete(id: string): Promise<boolean>;
  /** @returns their number */
  deleteAll(): Promise<number>;
}

/** The queues, for any driver. Delivery is at least once, so handlers are idempotent or fenced. */
export interface Broker {
  /**
   * Resolves when the broker is responsible for the message.
   *
   * While the broker is unreachable, messages wait in a bounded buffer.
   * @throws DependencyUnavailableError if the buffer or the queue is full, if no confirm arrived within
   * `publishTimeoutMs` (the message may still have arrived), or after close().
   */
  publish(queue: QueueName, message: OutgoingMessage): Promise<void>;

  /**
   * Resolves at once. Deliveries begin when the broker is reachable, and continue after every interruption.
   *
   * The error of a handler decides: a retryable one ({@link SlipstreamError.isRetryable}) is retried with exponential
   * delays, any other makes the message a dead letter. Unreadable messages never reach the handler.
   */
  consume(queue: QueueName, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumption>;

  /**
   * Returns the current state of the queues.
   * @throws DependencyUnavailableError
   */
  inspect(): Promise<QueueStatus[]>;

  /** Returns the dead letters of `queue`. */
  deadLetters(queue: QueueName): DeadLetterBox;

  /**
   * Checks over the network whether the broker answers.
   * @throws DependencyUnavailableError
   */
  check(): Promise<void>;

  /** Publishes waiting messages as far as possible, then disconnects. Drain consumptions first. May be called twice. */
  close(): Promise<void>;
}
