import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onCores } from './cores.mjs';

const BENCH_DIR = fileURLToPath(new URL('..', import.meta.url));

/**
 * A Node process that writes a JSON object per line.
 * @typedef {object} Child
 * @property {number} pid
 * @property {number} spawnedAt by performance.now()
 * @property {Record<string, any>[]} lines what it wrote until it was up
 * @property {() => Promise<void>} stop asks it to end, and waits until it has
 */

/**
 * Starts a Node script on some cores, and waits for the line that says it is up.
 * @param {{script: string, cores: string, upMessage: string, env?: Record<string, string>, nodeOptions?: string[]}} options `script` is an absolute path,
 *   `upMessage` the line's `msg`; of our own environment only PATH is passed on
 * @returns {Promise<Child>} rejects when it ends before
 */
export async function startChild({ script, cores, upMessage, env = {}, nodeOptions = [] }) {
  const [command, ...args] = onCores(cores, [process.execPath, ...nodeOptions, script]);
  const spawnedAt = performance.now();
  // The working folder has no slipstream.yaml, so that nobody's own settings are measured.
  const child = spawn(command, args, { cwd: BENCH_DIR, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = [];
  let isUp = false;
  const up = Promise.withResolvers();
  createInterface(child.stdout).on('line', (text) => {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text);
    if (line.level === 'error' || line.level === 'fatal') console.error(text);
    if (isUp) return;
    lines.push(line);
    isUp = line.msg === upMessage;
    if (isUp) up.resolve();
  });
  exited.then(([code, signal]) => up.reject(new Error(`${script} ended with ${code ?? signal} before it was up`)));
  await up.promise;
  return { pid: child.pid, spawnedAt, lines, stop: () => stop(child, exited) };
}

async function stop(child, exited) {
  child.kill('SIGTERM');
  await exited;
}
