import type { QueueName } from '@slipstream/contracts';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Broker, Consumption, Delivery, Outcome } from '../../broker.js';
import type { BrokerOptions } from '../../broker.options.js';
import type { WireMessage } from '../../wire-message.js';
import { recordingLogger, recordingMetrics } from '../recording.js';

export type ClientOptions = Pick<BrokerOptions, 'logger' | 'metrics'>;

/** One empty server, and the access of a spec to it. */
export interface BrokerServer {
  /** Another client of the same server; the caller closes it. */
  connect(options: ClientOptions): Broker;
  /** Writes bytes into a queue that a Broker would not send. */
  putRaw(queue: QueueName, message: WireMessage): Promise<void>;
  /** Returns the dead letters of a queue, oldest first. */
  deadLetters(queue: QueueName): Promise<readonly WireMessage[]>;
  close(): Promise<void>;
}

export const QUEUE = 'chat_queue';
export const ACK: Outcome = { do: 'ack' };

/** On RabbitMQ, retries wait a second or more. */
export const DEADLINE = { timeout: 15_000, interval: 20 };

/** A new server and a client for each spec. */
export class ContractBench {
  server!: BrokerServer;
  broker!: Broker;
  logger!: ReturnType<typeof recordingLogger>;
  metrics!: ReturnType<typeof recordingMetrics>;

  /** Call it within `describe`. */
  constructor(start: () => Promise<BrokerServer>) {
    beforeEach(async () => {
      this.server = await start();
      this.logger = recordingLogger();
      this.metrics = recordingMetrics();
      this.broker = this.connect();
    });
    afterEach(async () => {
      await this.broker.close();
      await this.server.close();
    });
  }

  /** Another client with the same logs and metrics; the caller closes it. */
  connect(): Broker {
    return this.server.connect({ logger: this.logger, metrics: this.metrics });
  }

  consume(
    handler: (delivery: Delivery) => Promise<Outcome>,
    options = { concurrency: 1 },
    client = this.broker,
  ): Promise<Consumption> {
    return client.consume(QUEUE, options, handler);
  }

  /** Resolves when the number is reached. */
  async deadLetters(count: number): Promise<readonly WireMessage[]> {
    const seen: WireMessage[] = [];
    await vi.waitFor(async () => {
      seen.push(...(await this.server.deadLetters(QUEUE)).slice(seen.length));
      expect(seen).toHaveLength(count);
    }, DEADLINE);
    return seen;
  }
}
