import type { Worker } from 'node:cluster';
import type { BusListener, MessageBus } from '@slipstream/redis';
import type { Registry } from '@slipstream/telemetry';
import { readIpc, type IpcMessage } from './ipc-message.js';
import type { ProcessGroup } from './process-group.js';

/** Messages on their way to the supervisor; more are lost rather than kept. */
const MAX_PENDING = 1000;
/** The supervisor asks all others meanwhile. */
const METRICS_TIMEOUT_MS = 3_000;

/** The group as a process that a supervisor started sees it. */
export class WorkerGroup implements ProcessGroup {
  readonly bus: MessageBus;
  readonly isFirst: boolean;
  private readonly listeners = new Map<string, Set<BusListener>>();
  private readonly wanted = new Map<number, (text: string) => void>();
  private pending = 0;
  private lastId = 0;

  constructor(
    private readonly worker: Worker,
    private readonly registry: Registry,
  ) {
    this.isFirst = worker.id === 1;
    this.bus = {
      publish: (topic, message) => this.send({ slipstream: 'broadcast', topic, message }),
      subscribe: (topic, listener) => this.subscribe(topic, listener),
    };
    process.on('message', (unchecked) => this.receive(readIpc(unchecked)));
  }

  /** Tells the supervisor that this process serves. */
  tellUp(): void {
    this.send({ slipstream: 'up' });
  }

  async metrics(): Promise<string> {
    const id = ++this.lastId;
    const { promise, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve(this.registry.metrics()), METRICS_TIMEOUT_MS);
    this.wanted.set(id, resolve);
    this.send({ slipstream: 'metrics-wanted', id });
    return promise.finally(() => {
      clearTimeout(timer);
      this.wanted.delete(id);
    });
  }

  private receive(message: IpcMessage | undefined): void {
    if (message?.slipstream === 'broadcast') for (const listener of this.listeners.get(message.topic) ?? []) listener(message.message);
    if (message?.slipstream === 'metrics-summed') this.wanted.get(message.id)?.(message.text);
    if (message?.slipstream === 'metrics-asked') void this.tellMetrics(message.id);
  }

  private async tellMetrics(id: number): Promise<void> {
    this.send({ slipstream: 'metrics-told', id, metrics: await this.registry.getMetricsAsJSON() });
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
