import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../tools/workspace.mjs';
import { startChild } from './child.mjs';
import { CORES } from './cores.mjs';
import { residentMb } from './process-usage.mjs';

/** As npm start of a former build started its services, which did not bound their heap by themselves. */
const formerNodeOptions = (name) => [`--max-semi-space-size=${name === 'gateway' ? 16 : 4}`];

const READY_POLL_MS = 5;
const READY_WITHIN_MS = 60_000;

/**
 * A built service in a process of its own.
 * @typedef {object} Service
 * @property {string} name
 * @property {string} url of the public listener; empty when it has none
 * @property {string} managementUrl
 * @property {number} readyMs from its spawning until it answered ready
 * @property {number} pid
 * @property {() => number} residentMb its resident memory now, in MB (10^6 bytes)
 * @property {import('./child.mjs').Child['nextLine']} nextLine of its log
 * @property {() => void} openInspector on the port of `--inspect-port`
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a service on free ports and waits until it is ready.
 * @param {string} name
 * @param {Record<string, string>} env
 * @param {{nodeOptions?: string[], cores?: string, root?: string, memory?: import('./memory-limit.mjs').MemoryLimit}}
 * [options] further options of Node; the cores to keep to; the built checkout that it is of; its limit of memory
 * @returns {Promise<Service>}
 */
export async function startService(name, env, { nodeOptions = [], cores = CORES.system, root = ROOT, memory } = {}) {
  const child = await startChild({
    script: join(root, 'apps', name, 'dist', 'main.js'),
    cores,
    upMessage: `${name} is up`,
    env: { PORT: '0', MANAGEMENT_PORT: '0', ...env },
    memory,
    nodeOptions: [...nodeOptions, ...(root === ROOT ? [] : formerNodeOptions(name))],
  });
  const urlIn = (property, message) => child.lines.find(({ msg }) => msg === message)?.[property] ?? '';
  const managementUrl = urlIn('managementUrl', `${name} is up`);
  await untilReady(managementUrl);
  const readyMs = performance.now() - child.spawnedAt;
  const { pid, nextLine, signal, stop } = child;
  return {
    name,
    url: urlIn('url', 'gateway listens'),
    managementUrl,
    readyMs,
    pid,
    residentMb: () => residentMb(pid),
    nextLine,
    openInspector: () => signal('SIGUSR1'),
    stop,
  };
}

/** A gateway is ready without its stores, and says then that it is degraded: that is not what is timed here. */
async function untilReady(managementUrl) {
  for (const until = performance.now() + READY_WITHIN_MS; performance.now() < until; await delay(READY_POLL_MS)) {
    const answer = await fetch(`${managementUrl}/health/ready`);
    const { status } = await answer.json();
    if (answer.status === 200 && status === 'ok') return;
  }
  throw new Error(`${managementUrl}/health/ready did not say ok within ${READY_WITHIN_MS} ms`);
}
