import { totalmem } from 'node:os';
import type { Config } from '@slipstream/config';
import { openFileLimit } from '@slipstream/health';
import { MIN_NODE } from '@slipstream/runtime';
import { error, ok, warning, type Finding } from './finding.js';
import { memoryPlan } from './memory-plan.options.js';

/** Stores, logs and the event loop. */
const RESERVED_FILES = 64;
const MIN_OPEN_FILES = 4096;
const MIB = 1024 * 1024;

/** Limits of this machine or container. */
export interface Host {
  readonly nodeVersion: string;
  readonly openFiles: number;
  readonly memoryBytes: number;
}

/** The container's limit counts, if it is below the machine's memory. */
export function thisHost(): Host {
  const limit = process.constrainedMemory();
  const total = totalmem();
  return {
    nodeVersion: process.versions.node,
    openFiles: openFileLimit(),
    memoryBytes: limit > 0 ? Math.min(limit, total) : total,
  };
}

/** Checks Node, the limit of open files, and memory. */
export const hostFindings = (config: Config, host: Host): Finding[] => [
  nodeFinding(host),
  openFilesFinding(config, host),
  memoryFinding(config, host),
];

function nodeFinding({ nodeVersion }: Host): Finding {
  return Number.parseInt(nodeVersion) < MIN_NODE
    ? warning('node.version', `Node ${nodeVersion} is older than ${MIN_NODE}`, 'run the Node of node_modules/.bin')
    : ok('node.version', `Node ${nodeVersion}`);
}

function openFilesFinding({ listen }: Config, { openFiles }: Host): Finding {
  const check = 'host.open-files';
  const needed = 2 * (listen.maxConnections ?? 0) + RESERVED_FILES;
  const wanted = Math.max(needed, MIN_OPEN_FILES);
  const remedy = `raise the limit of open files to ${wanted} (systemd: LimitNOFILE; containers: ulimit nofile)`;
  if (needed > openFiles)
    return error(
      check,
      `listen.maxConnections is ${listen.maxConnections}, which needs ${needed} open files; the limit is ${openFiles}`,
      `${remedy}, or lower listen.maxConnections`,
    );
  return openFiles < MIN_OPEN_FILES
    ? warning(check, `a process may have only ${openFiles} open files; each client needs up to two`, remedy)
    : ok(check, `${openFiles} open files`);
}

function memoryFinding(config: Config, { memoryBytes }: Host): Finding {
  const check = 'host.memory';
  const { maxBytes, heapAndCachesBytes } = memoryPlan(config);
  if (maxBytes !== undefined && maxBytes > memoryBytes)
    return error(
      check,
      `memory.maxBytes is ${inMib(maxBytes)}; the machine or container has ${inMib(memoryBytes)}`,
      'lower memory.maxBytes, or raise the memory limit of the container',
    );
  return heapAndCachesBytes > memoryBytes
    ? error(
        check,
        `heap and caches may take ${inMib(heapAndCachesBytes)}; the machine or container has ${inMib(memoryBytes)}`,
        'lower web.cache.maxBytes and cache.maxBytes, or remove them: then they follow memory.maxBytes',
      )
    : ok(check, `${inMib(heapAndCachesBytes)} for heap and caches, of ${inMib(memoryBytes)}`);
}

const inMib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`;
