import type { Lane, Logger, LogLevel, Tracer } from '@slipstream/contracts';

/** `confirmed`: the broker has it; `unavailable`: the sender got an error. */
export type PublishOutcome = 'confirmed' | 'unavailable';
export type ConsumeOutcome = 'ack' | 'retry' | 'dead-letter';

/**
 * Counters of the queues. The app binds them to its metrics registry. Label values are bounded: an unknown type is
 * `unknown`.
 */
export interface QueueMetrics {
  published(queue: string, type: string, outcome: PublishOutcome): void;
  /** Processing of a delivery begins. `waitedSeconds`: time since its first publishing; undefined if unknown. */
  taken(queue: string, lane: Lane, waitedSeconds: number | undefined): void;
  /** Ends the measurement of {@link taken}. `seconds`: duration of the handler. */
  consumed(queue: string, type: string, outcome: ConsumeOutcome, seconds: number): void;
}

export interface BrokerOptions {
  /** `amqp://…` or `amqps://…`, or `memory:` for queues in this process. */
  url: string;
  /** Prefix of every queue's name, so that several deployments (or test runs) can share a broker. Default: none. */
  queuePrefix?: string;
  /** Name in RabbitMQ's list of connections. Default `slipstream`. */
  connectionName?: string;
  /**
   * Time limit from the call of publish() to the broker's confirm, including the wait for a connection. Default 10 000.
   */
  publishTimeoutMs?: number;
  /** Largest number of unconfirmed messages. Default 1 000. */
  maxBufferedMessages?: number;
  logger: Logger<LogLevel>;
  metrics: QueueMetrics;
  /** Records the processing of messages. Default: nothing is recorded. */
  tracer?: Tracer;
}
