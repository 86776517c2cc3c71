import type { Registry } from 'prom-client';
import { collect } from './collected-metrics.js';

/** Connections of one listener. */
interface Counts {
  open: number;
  /** By reason. */
  refused: Readonly<Record<'limit' | 'address_limit', number>>;
}

/** Listeners of a service. */
type ListenerName = 'public' | 'internal' | 'redirect' | 'management';

/** Connections of the listeners, which count them. */
export interface ConnectionMetrics {
  /** @param read called at each scrape */
  show(listener: ListenerName, read: () => Counts): void;
}

export function connectionMetrics(registry: Registry): ConnectionMetrics {
  const listeners = new Map<string, () => Counts>();
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_connections_open',
    help: 'Open client connections, including idle ones, HTTP/2 sessions and WebSockets.',
    labelNames: ['listener'],
    read: () => [...listeners].map(([listener, read]) => [{ listener }, read().open] as const),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_connections_refused_total',
    help:
      'Connections refused by reason: limit (of the listener), address_limit (of one client address). See ' +
      'listen.maxConnections.',
    labelNames: ['listener', 'reason'],
    read: () =>
      [...listeners].flatMap(([listener, read]) =>
        Object.entries(read().refused).map(([reason, count]) => [{ listener, reason }, count] as const),
      ),
  });
  return { show: (listener, read) => void listeners.set(listener, read) };
}
