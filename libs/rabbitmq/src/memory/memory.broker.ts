import { perQueue, QUEUE_NAMES, type QueueName } from '@slipstream/contracts';
import type {
  Broker,
  ConsumeOptions,
  Consumption,
  DeadLetterBox,
  DeliveryHandler,
  OutgoingMessage,
  QueueStatus,
} from '../broker.js';
import type { BrokerOptions } from '../broker.options.js';
import { DeliveryProcessor } from '../delivery-processor.js';
import { unavailable } from '../unavailable.js';
import { encode } from '../wire-message.js';
import { MemoryConsumption } from './memory.consumption.js';
import { MemoryDeadLetters } from './memory.dead-letters.js';
import { MemoryQueue } from './memory.queue.js';

/** All queues of a process. Brokers that share one act as clients of the same server. */
export type MemoryQueues = Readonly<Record<QueueName, MemoryQueue>>;

export const createMemoryQueues = (): MemoryQueues => perQueue(() => new MemoryQueue());

/**
 * Queues in memory, for a single process. Their messages end with it: the jobs are stored in the database, and their
 * sweeper publishes them again.
 */
export class MemoryBroker implements Broker {
  private readonly consumptions = new Set<MemoryConsumption>();
  private readonly ownsQueues: boolean;
  private readonly queues: MemoryQueues;
  private closed = false;

  constructor(
    private readonly options: Pick<BrokerOptions, 'logger' | 'metrics' | 'tracer'>,
    queues?: MemoryQueues,
  ) {
    this.ownsQueues = queues === undefined;
    this.queues = queues ?? createMemoryQueues();
  }

  async publish(queue: QueueName, message: OutgoingMessage): Promise<void> {
    try {
      this.assertOpen();
      this.queues[queue].put(encode(message));
      this.options.metrics.published(queue, message.type, 'confirmed');
    } catch (error) {
      this.options.metrics.published(queue, message.type, 'unavailable');
      throw error;
    }
  }

  async consume(queue: QueueName, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumption> {
    this.assertOpen();
    const processor = new DeliveryProcessor({ queue, options, handler, ...this.options });
    const consumption = new MemoryConsumption(this.queues[queue], options.concurrency, processor);
    this.consumptions.add(consumption);
    return consumption;
  }

  async inspect(): Promise<QueueStatus[]> {
    this.assertOpen();
    return QUEUE_NAMES.map((queue) => ({
      queue,
      lanes: this.queues[queue].status(),
      deadLetters: this.queues[queue].deadLetters.length,
    }));
  }

  deadLetters(queue: QueueName): DeadLetterBox {
    return new MemoryDeadLetters(this.queues[queue]);
  }

  async check(): Promise<void> {
    this.assertOpen();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const consumption of this.consumptions) consumption.abandon();
    this.consumptions.clear();
    if (this.ownsQueues) for (const queue of Object.values(this.queues)) queue.close();
  }

  private assertOpen(): void {
    if (this.closed) throw unavailable('closed');
  }
}
