import { availableParallelism } from 'node:os';
import type { Config } from '@slipstream/config';
import type { ManagementOptions } from '@slipstream/health';
import type { TracingSettings } from '@slipstream/telemetry';

/** Number of processes. Only the gateway shares its ports; for more workers, start more services. */
export function processCount({ service, processes }: Pick<Config, 'service' | 'processes'>): number {
  if (service !== 'gateway') return 1;
  return processes === 'auto' ? availableParallelism() : processes;
}

export const logLevel = ({ log }: Config): Config['log']['level'] => log.level;

/** @returns undefined if tracing is off */
export const tracingOptions = ({ tracing }: Config): TracingSettings | undefined => {
  const { endpoint, authorization, sampleRatio, queueMaxSpans, timeoutMs } = tracing;
  return endpoint === undefined ? undefined : { endpoint, authorization, sampleRatio, queueMaxSpans, timeoutMs };
};

export const graceMs = ({ shutdown }: Config): number => shutdown.graceMs;

/** Ports on which the processes of one gateway listen together. */
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
