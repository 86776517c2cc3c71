import type { Lane, Logger, LogLevel } from '@slipstream/contracts';

/** `confirmed`: the broker has it; `unavailable`: the sender was told so. */
export type PublishOutcome = 'confirmed' | 'unavailable';
export type ConsumeOutcome = 'ack' | 'retry' | 'dead-letter';

/**
 * What the queues count. The app binds it to its metrics registry. Label values are bounded: a type that we don't know
 * is `unknown`.
 */
export interface QueueMetrics {
  published(queue: string, type: string, outcome: PublishOutcome): void;
  /**
   * A delivery begins to be handled. `waitedSeconds`: since it was first published; undefined when its sender didn't
   * say.
   */
  taken(queue: string, lane: Lane, waitedSeconds: number | undefined): void;
  /** Ends what {@link taken} began. `seconds`: how long the handler took. */
  consumed(queue: string, type: string, outcome: ConsumeOutcome, seconds: number): void;
}

export interface BrokerOptions {
  /** `amqp://…` or `amqps://…`, or `memory:` for queues in this process. */
  url: string;
  /** Put before every queue's name, so that several deployments (or test runs) can share a broker. Default: none. */
  queuePrefix?: string;
  /** What RabbitMQ's operator reads in its list of connections. Default `slipstream`. */
  connectionName?: string;
  /** From the call of publish() to the broker's confirm, waiting for a connection included. Default 10 000. */
  publishTimeoutMs?: number;
  /** Messages handed to publish() and not confirmed yet. Default 1 000. */
  maxBufferedMessages?: number;
  logger: Logger<LogLevel>;
  metrics: QueueMetrics;
}
