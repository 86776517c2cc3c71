import type { DeadLetter, DeadLetterBox } from '../broker.js';
import { describeDeadLetter, revived, type WireMessage } from '../wire-message.js';
import type { MemoryQueue } from './memory.queue.js';

/** The dead letters of one queue in memory. */
export class MemoryDeadLetters implements DeadLetterBox {
  constructor(private readonly queue: MemoryQueue) {}

  async list(limit: number): Promise<DeadLetter[]> {
    return this.queue.deadLetters.slice(0, limit).map(describeDeadLetter);
  }

  async replay(id: string): Promise<boolean> {
    return this.replayWhere(firstWith(id)) > 0;
  }

  async replayAll(): Promise<number> {
    return this.replayWhere(() => true);
  }

  async delete(id: string): Promise<boolean> {
    return this.queue.unearth(firstWith(id)).length > 0;
  }

  async deleteAll(): Promise<number> {
    return this.queue.unearth(() => true).length;
  }

  /** The limit does not apply, because the messages were accepted before. */
  private replayWhere(isWanted: (message: WireMessage) => boolean): number {
    const letters = this.queue.unearth(isWanted);
    for (const letter of letters) this.queue.readmit(revived(letter));
    return letters.length;
  }
}

/** If several have one id (dead more than once), the oldest. */
function firstWith(id: string): (message: WireMessage) => boolean {
  let isFound = false;
  return ({ properties }) => !isFound && (isFound = properties.messageId === id);
}
