import type { Worker } from 'node:cluster';
import type { BusListener, MessageBus } from '@slipstream/redis';
import { readIpc, type IpcMessage } from './ipc-message.js';
import type { ProcessGroup, Gathered } from './process-group.js';
import { sharesPortByKernel } from './public-port.js';
import { REPORT_MS } from './heartbeats.js';
import { GatheredAnswers, type GatherAnswer } from './gathered-answers.js';

/** Limit of unsent messages to the supervisor; further ones are dropped. */
const MAX_PENDING = 1000;
/** Time for the supervisor to collect the answers. */
const GATHER_TIMEOUT_MS = 3_000;

/** The group, from the view of a process that a supervisor started. */
export class WorkerGroup implements ProcessGroup {
  readonly bus: MessageBus;
  readonly isFirst: boolean;
  readonly sharesPort = sharesPortByKernel;
  private readonly listeners = new Map<string, Set<BusListener>>();
  private readonly underWay = new Map<string, Promise<Gathered>>();
  private readonly gathers = new Map<number, (gather: Gathered) => void>();
  private readonly own = new GatheredAnswers();
  private pending = 0;
  private lastId = 0;

  constructor(private readonly worker: Worker) {
    this.isFirst = worker.id === 1;
    this.bus = {
      publish: (topic, message) => this.send({ slipstream: 'broadcast', topic, message }),
      subscribe: (topic, listener) => this.subscribe(topic, listener),
    };
    process.on('message', (unchecked) => this.receive(readIpc(unchecked)));
  }

  /** Reports to the supervisor that this process serves, and sends heartbeats from then on. */
  reportUp(): void {
    this.send({ slipstream: 'up' });
    setInterval(() => this.send({ slipstream: 'alive' }), REPORT_MS).unref();
  }

  /** Requests a replacement for this process, which drains and ends. */
  reportFailing(): void {
    this.send({ slipstream: 'failing' });
  }

  /** Concurrent callers share one request, so that few are open for any number of callers. */
  gather(topic: string): Promise<Gathered> {
    const underWay = this.underWay.get(topic) ?? this.check(topic).finally(() => this.underWay.delete(topic));
    this.underWay.set(topic, underWay);
    return underWay;
  }

  onGather(topic: string, answer: GatherAnswer): void {
    this.own.set(topic, answer);
  }

  private async check(topic: string): Promise<Gathered> {
    const id = ++this.lastId;
    const { promise, resolve } = Promise.withResolvers<Gathered>();
    const timer = setTimeout(() => resolve({ answers: [], size: 1, silent: 0, isOwnOnly: true }), GATHER_TIMEOUT_MS);
    this.gathers.set(id, resolve);
    this.send({ slipstream: 'gather-wanted', id, topic });
    const { answers, size, silent, isOwnOnly } = await promise;
    clearTimeout(timer);
    this.gathers.delete(id);
    // If the supervisor is silent, or the machine stood still, the result contains only this process's data.
    return {
      answers: answers.length > 0 ? answers : await this.own.to(topic),
      size,
      silent,
      ...(isOwnOnly && { isOwnOnly }),
    };
  }

  private receive(message: IpcMessage | undefined): void {
    if (message?.slipstream === 'broadcast')
      for (const listener of this.listeners.get(message.topic) ?? []) listener(message.message);
    if (message?.slipstream === 'gather-done') this.gathers.get(message.id)?.(message);
    if (message?.slipstream === 'gather-requested') void this.answer(message);
  }

  private async answer({ id, topic }: { id: number; topic: string }): Promise<void> {
    this.send({ slipstream: 'gather-answered', id, topic, answers: await this.own.to(topic) });
  }

  private subscribe(topic: string, listener: BusListener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  private send(message: IpcMessage): void {
    if (this.pending >= MAX_PENDING || !this.worker.isConnected()) return;
    this.pending += 1;
    this.worker.send(message, () => (this.pending -= 1));
  }
}
