import { messageOf, type Lane, type QueueName } from '@slipstream/contracts';
import type { Broker, QueueStatus } from '@slipstream/rabbitmq';
import type { NativeLogger } from '../http/gateway-logger.js';

const LOOK_EVERY_MS = 5000;

/**
 * Inspects the queues every few seconds, for the metrics, and because the age of a waiting message follows from earlier
 * inspections.
 */
export class QueueWatch {
  private readonly lastEmptyAt = new Map<string, number>();
  private latest: readonly QueueStatus[] = [];
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly broker: Pick<Broker, 'inspect'>,
    private readonly logger: Pick<NativeLogger, 'debug'>,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.glance(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Result of the last inspection; undefined while the broker is unreachable. */
  get seen(): readonly QueueStatus[] {
    return this.latest;
  }

  /** @throws DependencyUnavailableError */
  async look(): Promise<readonly QueueStatus[]> {
    const requestedAt = performance.now();
    const statuses = await this.broker.inspect();
    for (const { queue, lanes } of statuses) {
      for (const { lane, ready } of lanes) if (ready === 0) this.lastEmptyAt.set(`${queue} ${lane}`, requestedAt);
    }
    return (this.latest = statuses);
  }

  /** When the lane was last empty, on the clock of `performance.now()`. */
  emptyAt(queue: QueueName, lane: Lane): number | undefined {
    return this.lastEmptyAt.get(`${queue} ${lane}`);
  }

  private async glance(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.latest = [];
      this.logger.debug({ reason: messageOf(error) }, "the state of the queues can't be read");
    }
  }
}
