import type { IncomingMessage } from 'node:http';
import type { Config } from '@slipstream/config';
import type { Indicator, Lifecycle, ManagementOptions } from '@slipstream/health';
import type { Telemetry } from '@slipstream/telemetry';
import type { ProcessGroup } from './processes/process-group.js';
import type { StoreKind } from './stores/store-kinds.js';
import type { Settings } from './settings/live-settings.js';
import type { StoreNeeds, Stores } from './stores/stores.js';

/** Ports of every service. `K`: its kinds of stores. */
export interface Ports<K extends StoreKind = StoreKind> {
  telemetry: Telemetry;
  stores: Stores<K>;
  lifecycle: Lifecycle;
  /** The other processes of the same service on this machine. */
  group: ProcessGroup;
  /** Settings that may change at a reload. Values read from the configuration itself need a restart. */
  settings: Settings;
}

/** A running service, as its `create(config, ports)` returns it. */
export interface Service {
  /** Its routes on the management listener. */
  management?: Pick<ManagementOptions, 'modules' | 'configure' | 'links'> & {
    /** Besides the stores. */
    indicators?: readonly Indicator[];
    guard?: (request: IncomingMessage) => Promise<void>;
  };
  /**
   * Text that is printed for the user when it serves and its stores answer; `managementUrl` is the URL of health and
   * metrics.
   */
  greeting?: (managementUrl: string) => Promise<string>;
  /** Accepts no new work, and waits for running work. */
  drain(): Promise<void>;
  /** Closes its resources; called after {@link drain}. */
  close(): Promise<void>;
}

export type CreateService<K extends StoreKind = StoreKind> = (config: Config, ports: Ports<K>) => Promise<Service>;

/** Parts of a service. */
export interface ServiceParts<K extends StoreKind = StoreKind> {
  needs: StoreNeeds<K>;
  create: CreateService<K>;
}

/** The service, with something of its own that is closed after it. */
export const closingAfter = (service: Service, last: { close(): Promise<void> }): Service => ({
  ...service,
  async close() {
    await service.close();
    await last.close();
  },
});
