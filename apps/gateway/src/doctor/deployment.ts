import { availableParallelism } from 'node:os';
import { StartupError } from '@slipstream/contracts';
import type { Config } from '@slipstream/config';

const SEPARATE = ['gateway', 'chat-worker', 'document-worker', 'notification-worker'] as const;
type Replicas = Readonly<Record<string, number>>;

/** The processes of a deployment. */
export interface Deployment {
  readonly replicas: Replicas;
  /** Processes of all services together. */
  readonly processes: number;
}

/**
 * Counts the processes.
 * @param text `gateway=2,chat-worker=4`; services that it does not name have one replica
 * @throws StartupError for another text
 */
export function deploymentOf({ service, processes }: Pick<Config, 'service' | 'processes'>, text = ''): Deployment {
  const names: readonly string[] = service === 'standalone' ? ['standalone'] : SEPARATE;
  const given = text
    .split(',')
    .filter(Boolean)
    .map((entry) => replicasIn(entry, names));
  const replicas: Replicas = { ...Object.fromEntries(names.map((name) => [name, 1])), ...Object.fromEntries(given) };
  const perGateway = processes === 'auto' ? availableParallelism() : processes;
  const gatewayProcesses = replicas[names[0]!]! * perGateway;
  const workers = names.slice(1).reduce((sum, name) => sum + replicas[name]!, 0);
  return { replicas, processes: gatewayProcesses + workers };
}

function replicasIn(entry: string, names: readonly string[]): [string, number] {
  const [, name = '', digits] = /^\s*([a-z-]+)=(\d{1,6})\s*$/.exec(entry) ?? [];
  if (digits === undefined || !names.includes(name))
    throw new StartupError(`--replicas ${entry}: write NAME=NUMBER, where NAME is ${names.join(', ')}.`);
  return [name, Number(digits)];
}
