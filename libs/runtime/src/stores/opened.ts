import type { Config } from '@slipstream/config';
import type { StoreModules } from '@slipstream/mongo';
import type { MessageBus, RedisConnections } from '@slipstream/redis';
import type { Telemetry } from '@slipstream/telemetry';

/** A store that health checks, because it is another process. */
export interface Checked {
  name: string;
  check(): Promise<void>;
}

/** Opened stores of one kind. */
export interface Opened<T> {
  stores: T;
  checked?: Checked;
  close(): Promise<void>;
}

/** Options for opening the stores of a process. */
export interface StoreContext {
  config: Config;
  telemetry: Telemetry;
  /** Absent with `memory:`, and if no listed store uses Redis. */
  redis: RedisConnections | undefined;
  bus: MessageBus;
  /** Nest modules of the stores on the database. */
  modules: StoreModules;
}

export const observerOf =
  ({ metrics }: Telemetry, dependency: string) =>
  (operation: string, outcome: 'ok' | 'error', seconds: number): void =>
    metrics.dependency.observe(dependency, operation, outcome, seconds);
