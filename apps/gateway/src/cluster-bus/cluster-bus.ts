import { randomUUID } from 'node:crypto';
import type { MessageBus } from '@slipstream/redis';
import { clusterMessage, type ClusterMessage, type ClusterNews } from './cluster-message.js';

/** Topic of the bus. */
const TOPIC = 'gateways';

/** Messages between all gateway processes that share a Redis, or a machine. */
export class ClusterBus {
  private readonly id = randomUUID();
  private readonly listeners = new Set<(message: ClusterMessage) => void>();
  private readonly leave: () => void;

  /** @param bus may deliver a message twice; the second delivery has no effect */
  constructor(private readonly bus: MessageBus) {
    this.leave = bus.subscribe(TOPIC, (message) => this.receive(message));
  }

  publish(news: ClusterNews): void {
    this.bus.publish(TOPIC, { ...news, from: this.id });
  }

  /** @param listener receives messages of others */
  listen(listener: (message: ClusterMessage) => void): void {
    this.listeners.add(listener);
  }

  close(): void {
    this.leave();
    this.listeners.clear();
  }

  private receive(unchecked: unknown): void {
    const { data } = clusterMessage.safeParse(unchecked);
    if (!data || data.from === this.id) return;
    for (const listener of this.listeners) listener(data);
  }
}
