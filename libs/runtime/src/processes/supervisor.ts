import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs } from '@slipstream/contracts';
import type { RunningProcess } from '@slipstream/health';
import type { Logger } from '@slipstream/telemetry';
import { METRICS_TOPIC, type MetricsOfProcess } from './group-metrics.js';
import { readIpc, type IpcMessage } from './ipc-message.js';
import { MetricsLedger } from './metrics-ledger.js';
import { Heartbeats } from './heartbeats.js';

/** Time limit of a process's answer to a scatter-gather request. */
const GATHER_TIMEOUT_MS = 1_000;
/** After this lifetime, the end of a process is not a failed start. */
const SETTLED_MS = 10_000;
/** The pauses before a process that ended unasked is started again. */
const RESTART = { firstMs: 100, maxMs: 5_000 };

export interface SupervisorOptions {
  /** Number of processes. */
  size: number;
  /** Time limit of their drain. */
  graceMs: number;
  logger: Logger;
  /** Variables of each process in addition to the supervisor's own. */
  env: Record<string, string>;
  /** Options of Node that each process gets besides the supervisor's own. */
  nodeOptions: string[];
}

/**
 * Starts several processes of one service, which share its ports, and replaces processes that ended unexpectedly or
 * have stopped. It serves no requests: it forwards their messages, and collects their answers.
 *
 * Connections do not pass through it. Each process accepts its own, so that a dying process leaves none open and
 * unanswered.
 *
 * The first process starts alone. An error that prevents its start would prevent all starts; it has printed the error
 * then, and the supervisor ends too.
 */
export class Supervisor implements RunningProcess {
  private readonly gathers = new Map<number, (from: Worker, answers: unknown[]) => void>();
  private readonly metrics = new MetricsLedger();
  private readonly stopping = new AbortController();
  private readonly signs = new Heartbeats((worker) => this.replace(worker));
  private readonly startedAt = new WeakMap<Worker, number>();
  private readonly replaced = new WeakSet<Worker>();
  private lastGather = 0;
  readonly graceMs: number;
  readonly logger: Logger;

  constructor(private readonly options: SupervisorOptions) {
    this.graceMs = options.graceMs;
    this.logger = options.logger;
  }

  /** Resolves when the first process serves; exits if it can't. */
  async start(): Promise<void> {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ execArgv: [...this.options.nodeOptions, ...process.execArgv] });
    cluster.on('message', (from, unchecked) => this.receive(from, readIpc(unchecked)));
    const first = this.fork();
    const isUp = await Promise.race([this.untilUp(first).then(() => true), once(first, 'exit').then(() => false)]);
    if (!isUp) process.exit(first.process.exitCode ?? 1);
    this.keep(first);
    const { size } = this.options;
    for (let others = size - 1; others > 0; others--) this.keep(this.fork());
    this.logger.info({ processes: size }, 'gateway processes started');
  }

  /** Drains all of them. */
  async drain(): Promise<void> {
    this.stopping.abort();
    const workers = this.workers();
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(workers.filter((worker) => !worker.isDead()).map((worker) => once(worker, 'exit')));
  }

  /** Has each of them read the configuration again. */
  reload(): void {
    for (const worker of this.workers()) worker.process.kill('SIGHUP');
  }

  async close(): Promise<void> {
    this.signs.close();
    for (const worker of this.workers()) worker.process.kill('SIGKILL');
  }

  private readonly fork = (): Worker => cluster.fork(this.options.env);

  private workers(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  }

  /** Replaces this process whenever it ends. */
  private keep(worker: Worker, endings = 0): void {
    const startedAt = performance.now();
    this.startedAt.set(worker, startedAt);
    worker.once('exit', (code, signal) => {
      this.metrics.end(worker);
      if (this.stopping.signal.aborted || this.replaced.has(worker)) return;
      const inARow = performance.now() - startedAt > SETTLED_MS ? 1 : endings + 1;
      const delayMs = backOffMs(inARow, RESTART);
      this.logger.error({ code, signal, delayMs }, 'a process ended unexpectedly; a new one replaces it');
      void delay(delayMs, undefined, { signal: this.stopping.signal }).then(
        () => this.keep(this.fork(), inARow),
        () => {},
      );
    });
  }

  /** Its end, by a signal that a stopped process can't block, starts another. */
  private replace(worker: Worker): void {
    if (this.stopping.signal.aborted) return; // it has its grace period
    this.logger.error(
      { pid: worker.process.pid },
      'a process did not report for 10 s; it is killed, and a new one replaces it',
    );
    worker.process.kill('SIGKILL');
  }

  /**
   * Another serves while this one drains. A recently started one is replaced only after its end, so that the processes
   * do not accumulate.
   */
  private replaceFailing(worker: Worker): void {
    const hasSettled = performance.now() - (this.startedAt.get(worker) ?? Infinity) > SETTLED_MS;
    if (!hasSettled || this.stopping.signal.aborted || this.replaced.has(worker)) return;
    this.replaced.add(worker);
    this.logger.error({ pid: worker.process.pid }, 'a process drains after an unexpected error; a new one replaces it');
    this.keep(this.fork());
  }

  private async untilUp(worker: Worker): Promise<void> {
    const up = Promise.withResolvers<void>();
    worker.on('message', (unchecked) => readIpc(unchecked)?.slipstream === 'up' && up.resolve());
    await up.promise;
  }

  private receive(from: Worker, message: IpcMessage | undefined): void {
    if (message) this.signs.seen(from);
    if (message?.slipstream === 'broadcast')
      for (const worker of this.workers()) if (worker !== from) send(worker, message);
    if (message?.slipstream === 'failing') this.replaceFailing(from);
    if (message?.slipstream === 'gather-wanted') void this.gatherFor(from, message);
    if (message?.slipstream === 'gather-answered') this.note(from, message);
  }

  private async gatherFor(asker: Worker, { id, topic }: { id: number; topic: string }): Promise<void> {
    const workers = this.workers();
    const received = await this.check(workers, topic);
    const answers = topic === METRICS_TOPIC ? this.metrics.all() : received;
    send(asker, {
      slipstream: 'gather-done',
      id,
      answers,
      size: workers.length,
      silent: workers.length - received.length,
    });
  }

  /** A late answer is still the newest one of its process. */
  private note(from: Worker, { id, topic, answers }: Extract<IpcMessage, { slipstream: 'gather-answered' }>): void {
    if (topic === METRICS_TOPIC)
      for (const metrics of answers) this.metrics.report(from, id, metrics as MetricsOfProcess);
    this.gathers.get(id)?.(from, answers);
  }

  private async check(workers: readonly Worker[], topic: string): Promise<unknown[]> {
    const id = ++this.lastGather;
    const received = new Map<Worker, unknown[]>();
    const complete = Promise.withResolvers<void>();
    this.gathers.set(id, (from, answers) => {
      received.set(from, answers);
      if (received.size === workers.length) complete.resolve();
    });
    for (const worker of workers) send(worker, { slipstream: 'gather-requested', id, topic });
    await Promise.race([complete.promise, delay(GATHER_TIMEOUT_MS)]);
    this.gathers.delete(id);
    return [...received.values()].flat();
  }
}

/** An ending process misses it. */
function send(worker: Worker, message: IpcMessage): void {
  if (worker.isConnected()) worker.send(message, () => {});
}
