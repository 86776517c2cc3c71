import {
  assertQueueName,
  NotFoundError,
  type DeadLetterView,
  type QueueName,
  type QueueView,
} from '@slipstream/contracts';
import type { Activity, Broker, DeadLetter, DeadLetterBox, LaneStatus, QueueActivityBoard } from '@slipstream/rabbitmq';
import type { QueueWatch } from './queue-watch.js';

/** Every queue, its activity, and the operations on its dead letters. All methods throw DependencyUnavailableError. */
export class QueueDirectory {
  constructor(
    private readonly broker: Pick<Broker, 'deadLetters'>,
    private readonly activity: Pick<QueueActivityBoard, 'total'>,
    private readonly watch: QueueWatch,
  ) {}

  async list(): Promise<QueueView[]> {
    const statuses = await this.watch.look();
    return statuses.map(({ queue, lanes, deadLetters }) => {
      const { sentAgoMs, ...rates } = this.activity.total(queue, performance.now());
      return { queue, lanes: lanes.map((lane) => this.laneView(queue, lane, sentAgoMs)), ...rates, deadLetters };
    });
  }

  /** @throws InvalidQueueError */
  async deadLetters(queue: string, limit: number): Promise<DeadLetterView[]> {
    return (await this.box(queue).list(limit)).map(toView);
  }

  /** @throws InvalidQueueError. @throws NotFoundError `dead_letter_not_found` */
  async replay(queue: string, id: string): Promise<void> {
    if (!(await this.box(queue).replay(id))) throw new NotFoundError('dead_letter', id);
  }

  /** @throws InvalidQueueError */
  async replayAll(queue: string): Promise<number> {
    return this.box(queue).replayAll();
  }

  /** @throws InvalidQueueError. @throws NotFoundError `dead_letter_not_found` */
  async delete(queue: string, id: string): Promise<void> {
    if (!(await this.box(queue).delete(id))) throw new NotFoundError('dead_letter', id);
  }

  /** @throws InvalidQueueError */
  async deleteAll(queue: string): Promise<number> {
    return this.box(queue).deleteAll();
  }

  private box(queue: string): DeadLetterBox {
    assertQueueName(queue);
    return this.broker.deadLetters(queue);
  }

  private laneView(queue: QueueName, status: LaneStatus, sentAgoMs: Activity['sentAgoMs']): QueueView['lanes'][number] {
    const emptyAgoMs = performance.now() - (this.watch.emptyAt(queue, status.lane) ?? -Infinity);
    const ageMs = Math.min(sentAgoMs[status.lane] ?? Infinity, emptyAgoMs);
    if (status.ready === 0 || ageMs === Infinity) return status;
    return { ...status, oldestAgeSeconds: Math.round(ageMs) / 1000 };
  }
}

const toView = ({ deadAt, sentAt, ...letter }: DeadLetter): DeadLetterView => ({
  ...letter,
  ...(deadAt && { deadAt: deadAt.toISOString() }),
  ...(sentAt && { sentAt: sentAt.toISOString() }),
});
