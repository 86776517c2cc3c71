import { availableParallelism } from 'node:os';
import type { Config } from '@slipstream/config';
import type { ManagementOptions } from '@slipstream/health';

/** How many processes run. Only the gateway shares its ports; workers are scaled by starting more of them. */
export function processCount({ service, processes }: Config): number {
  if (service !== 'gateway') return 1;
  return processes === 'auto' ? availableParallelism() : processes;
}

export const logLevel = ({ log }: Config): Config['log']['level'] => log.level;

export const graceMs = ({ shutdown }: Config): number => shutdown.graceMs;

/** Where the processes of one gateway listen together. */
export const publicAddress = ({ listen }: Config): { host: string; port: number } => ({
  host: listen.host,
  port: listen.port,
});

type ManagementSettings = 'host' | 'port' | 'allowedHosts';

export const managementOptions = ({ management }: Config): Pick<ManagementOptions, ManagementSettings> => ({
  host: management.host,
  port: management.port,
  allowedHosts: management.allowedHosts,
});
