import { readFile } from 'node:fs/promises';
import { ConfigError, loadConfig, type Config, type ServiceName } from '@slipstream/config';
import { backendFindings } from './backend-checks.js';
import { deploymentOf } from './deployment.js';
import { error, note, ok, type Finding } from './finding.js';
import { hostFindings, thisHost } from './host-checks.js';
import { openWebuiFindings } from './open-webui/open-webui-checks.js';
import { podsIn } from './open-webui/pods.js';
import { scaleFindings } from './scale-checks.js';
import { storeFindings } from './store-checks.js';

/** Options of `slipstream doctor`. */
export interface DoctorOptions {
  service: ServiceName;
  /** `gateway=2,chat-worker=4`. */
  replicas?: string;
  /** Files with settings of Open WebUI, comma-separated. */
  openWebui?: string;
  /** `http://user:password@host:15672`. */
  rabbitmqManagementUrl?: string;
  /** Default `Date.now`. */
  now?: () => number;
}

/** Checks a configuration and its surroundings. */
export async function diagnose(options: DoctorOptions): Promise<Finding[]> {
  const config = await loadConfig({ service: options.service }).catch(mistakesOf);
  if (Array.isArray(config)) return [...config, ...(await openWebui(options, false))];
  const deployment = deploymentOf(config, options.replicas);
  const { rabbitmqManagementUrl, now = Date.now } = options;
  return [
    ok('configuration', 'can be used'),
    ...hostFindings(config, thisHost()),
    ...scaleFindings(config, deployment),
    ...(await storeFindings(config, deployment, { rabbitmqManagementUrl, now })),
    ...(await backendFindings(config)),
    ...(await openWebui(options, isSticky(config))),
  ];
}

function mistakesOf(reason: unknown): Finding[] {
  if (!(reason instanceof ConfigError)) throw reason;
  return reason.mistakes.map((text) => error('configuration', text, 'correct the setting: docs/configuration.md'));
}

const isSticky = ({ web }: Config): boolean => web.stickiness.type === 'cookie' || web.strategy === 'consistent_hash';

async function openWebui({ openWebui: files }: DoctorOptions, hasStickiness: boolean): Promise<Finding[]> {
  if (files === undefined) return [note('open-webui', 'not checked: give --open-webui FILE')];
  const found = await Promise.all(files.split(',').map(async (file) => podsIn(await readFile(file, 'utf8'), file)));
  const pods = found.flat();
  return pods.length === 0
    ? [error('open-webui', `${files}: no settings of Open WebUI`, 'give an environment file, or its Deployments')]
    : openWebuiFindings(pods, hasStickiness);
}
