import type { MessageBus } from '@slipstream/redis';
import { silentBus } from '@slipstream/redis';
import type { Registry } from '@slipstream/telemetry';

/** The processes of one service on one machine, as one of them sees the others. */
export interface ProcessGroup {
  /** Between them; without Redis, and without a network. */
  bus: MessageBus;
  /** What all of them have measured, added up, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Whether this one speaks for all where one is enough. */
  isFirst: boolean;
}

/** The group of a process that is alone. */
export const soloGroup = (registry: Registry): ProcessGroup => ({ bus: silentBus, metrics: () => registry.metrics(), isFirst: true });
