import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ResultMessage, WorkerSettings } from '../worker/messages.js';
import type { EndCause, WorkerReport } from '../worker/worker-tally.js';
import type { PendingTask } from './task-queue.js';

/** The compiled worker, whether this file is compiled or not. */
const WORKER_FILE = createRequire(import.meta.url).resolve('@slipstream/assets/worker');
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 } as const;

/** Callbacks of a thread. */
export interface AssetThreadEvents {
  /** The task is settled, and the thread takes another one. */
  onIdle(): void;
  onFailed(reason: string): void;
  /** The thread ended during a task, and takes another one. */
  onEnded(cause: EndCause): void;
  onReport(report: WorkerReport): void;
}

type State =
  | { readonly type: 'stopped' }
  | { readonly type: 'idle'; readonly worker: Worker; readonly stop: NodeJS.Timeout }
  | {
      readonly type: 'busy';
      readonly worker: Worker;
      readonly pending: PendingTask;
      readonly deadline: NodeJS.Timeout;
    };

/**
 * A worker thread, started with its first task and ended when it is idle. A task that takes too long, or ends the
 * thread, fails; the next task gets a new thread.
 */
export class AssetThread {
  private state: State = { type: 'stopped' };
  private nextId = 0;

  constructor(
    private readonly settings: WorkerSettings,
    private readonly limits: { readonly taskTimeoutMs: number; readonly idleMs: number },
    private readonly events: AssetThreadEvents,
  ) {}

  get isBusy(): boolean {
    return this.state.type === 'busy';
  }

  run(pending: PendingTask): void {
    const worker = this.state.type === 'stopped' ? this.start() : this.state.worker;
    if (this.state.type === 'idle') clearTimeout(this.state.stop);
    const deadline = setTimeout(() => this.expire(worker), this.limits.taskTimeoutMs);
    this.state = { type: 'busy', worker, pending, deadline };
    worker.postMessage({ id: ++this.nextId, task: pending.task });
  }

  stop(): void {
    const { state } = this;
    if (state.type === 'stopped') return;
    this.state = { type: 'stopped' };
    void state.worker.terminate();
    if (state.type === 'idle') return clearTimeout(state.stop);
    clearTimeout(state.deadline);
    state.pending.settle(undefined);
  }

  private start(): Worker {
    const worker = new Worker(WORKER_FILE, { workerData: this.settings, resourceLimits: RESOURCE_LIMITS });
    worker.unref();
    worker.on('message', (result: ResultMessage) => this.onResult(worker, result));
    worker.on('error', (error) => this.fail(worker, error.message, 'crashed'));
    worker.on('exit', () => this.fail(worker, 'the thread ended', 'crashed'));
    return worker;
  }

  private onResult(worker: Worker, result: ResultMessage): void {
    const { state } = this;
    if (state.type !== 'busy' || state.worker !== worker || result.id !== this.nextId) return;
    clearTimeout(state.deadline);
    this.events.onReport(result.report);
    const stop = setTimeout(() => this.stop(), this.limits.idleMs).unref();
    this.state = { type: 'idle', worker, stop };
    const failure = result.type === 'failed' ? result.reason : result.made.failure;
    if (failure !== undefined) this.events.onFailed(failure);
    state.pending.settle(result.type === 'done' ? result.made : undefined);
    this.events.onIdle();
  }

  private expire(worker: Worker): void {
    this.fail(worker, 'the task took too long', 'timed_out');
  }

  private fail(worker: Worker, reason: string, cause: EndCause): void {
    if (this.state.type === 'stopped' || this.state.worker !== worker) return;
    this.stop();
    this.events.onEnded(cause);
    this.events.onFailed(reason);
    this.events.onIdle();
  }
}
