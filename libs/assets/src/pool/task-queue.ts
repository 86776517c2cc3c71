import type { Made, Task } from '../worker/messages.js';

/** A task and its end. */
export interface PendingTask {
  readonly task: Task;
  readonly settle: (made: Made | undefined) => void;
}

/** Tasks that wait for a worker, bounded by their number and their bytes. */
export class TaskQueue {
  private readonly tasks: PendingTask[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly maxTasks: number,
    private readonly maxBytes: number,
  ) {}

  get status(): { readonly tasks: number; readonly bytes: number } {
    return { tasks: this.tasks.length, bytes: this.waitingBytes };
  }

  /** @returns false if the queue is full */
  push(pending: PendingTask): boolean {
    const length = bytesOf(pending.task);
    if (this.tasks.length >= this.maxTasks || this.waitingBytes + length > this.maxBytes) return false;
    this.tasks.push(pending);
    this.waitingBytes += length;
    return true;
  }

  shift(): PendingTask | undefined {
    const pending = this.tasks.shift();
    if (pending) this.waitingBytes -= bytesOf(pending.task);
    return pending;
  }
}

const bytesOf = (task: Task): number => (task.type === 'combine' ? 0 : task.bytes.length);
