import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess, isRunning, recordOf } from '../processes.mjs';
import { tail } from '../run.mjs';
import { readInstance, writeInstance } from './instance-record.mjs';
import { freePort } from './ports.mjs';
import { Unavailable } from './unavailable.mjs';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;

/**
 * A process to start.
 * @typedef {{command: string, args: string[], env?: NodeJS.ProcessEnv, mark: string}} ProcessPlan
 */

/**
 * Starts a private instance of a service. Each of its processes leads its own process group, so that a Ctrl-C in the
 * terminal does not reach it before its users have drained. What they print goes to server.log in their home.
 * @param {object} options
 * @param {string} options.candidate
 * @param {string} options.dataDir the service's folder; the instance lives in `<dataDir>/<candidate>`
 * @param {number} options.portCount how many free ports it needs
 * @param {(place: {home: string, ports: number[]}) => ProcessPlan[]} options.plan the processes, in the order to start
 * them
 * @param {(ports: number[]) => Promise<unknown>} options.ready resolves when it answers its protocol, rejects when not
 * yet
 * @returns {Promise<{ports: number[], home: string, stop(): Promise<void>}>}
 * @throws {Unavailable} when it ends early or does not answer within 60 s
 */
export async function startInstance({ candidate, dataDir, portCount, plan, ready }) {
  const ports = await choosePorts(dataDir, portCount);
  const home = join(dataDir, candidate);
  mkdirSync(home, { recursive: true });
  rmSync(logFile(home), { force: true });
  const started = plan({ home, ports }).map((step) => spawnDetached(step, home));
  const processes = started.filter((record) => record !== undefined);
  writeInstance(dataDir, { candidate, ports, processes });
  const stop = () => endAll(processes);
  try {
    if (processes.length < started.length) throw new Error('its program can not be run');
    await untilReady(() => ready(ports), processes);
  } catch (error) {
    await stop();
    throw new Unavailable(`${error.message}; its log ends: ${tail(readFileSync(logFile(home), 'utf8'), 3)}`);
  }
  return { ports, home, stop };
}

/**
 * Ends what an earlier run, killed before it could, left running in this folder.
 * @param {string} dataDir
 * @param {{send?: import('../processes.mjs').Send, log?: (line: string) => void}} [options]
 */
export async function endLeftovers(dataDir, { send, log } = {}) {
  await endAll(readInstance(dataDir, log)?.processes ?? [], send);
}

/**
 * Ports for a new instance: those that the last one had, where they are free.
 * @param {string} dataDir
 * @param {number} count
 */
export async function choosePorts(dataDir, count) {
  const previous = readInstance(dataDir)?.ports ?? [];
  const ports = [];
  for (let index = 0; index < count; index += 1) ports.push(await freePort(previous[index]));
  return ports;
}

/**
 * Resolves when the instance answers.
 * @param {() => Promise<unknown>} ready
 * @param {import('../processes.mjs').ProcessRecord[]} processes all of which must stay alive meanwhile
 */
export async function untilReady(ready, processes) {
  let lastError = new Error('no answer');
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await delay(POLL_MS)) {
    if (!processes.every(isRunning)) throw new Error('it ended at start');
    try {
      return await ready();
    } catch (error) {
      lastError = error;
    }
  }
  throw new Error(`it did not answer within ${READY_WITHIN_MS / 1000} s (${lastError.message})`);
}

function spawnDetached({ command, args, env, mark }, home) {
  const log = openSync(logFile(home), 'a');
  try {
    const child = spawn(command, args, {
      cwd: home,
      env: env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', () => {}); // a program that can't be run has no pid
    child.unref();
    return recordOf(child.pid, mark);
  } finally {
    closeSync(log);
  }
}

/** In reverse, so that a process is ended before the one it stands on. */
async function endAll(processes, send) {
  for (const record of processes.toReversed()) await endProcess(record, { send });
}

function logFile(home) {
  return join(home, 'server.log');
}
