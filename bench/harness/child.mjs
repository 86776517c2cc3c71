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
 * @property {(isWanted: (line: Record<string, any>) => boolean) => Promise<Record<string, any>>} nextLine the first
 * such line from now on;
 *   rejects when the process ends before
 * @property {(signal: NodeJS.Signals) => void} signal does nothing once it has ended
 * @property {() => Promise<void>} stop asks it to end, and waits until it has
 */

/**
 * Starts a Node script on some cores, and waits for the line that says it is up.
 * @param {{script: string, cores: string, upMessage: string, env?: Record<string, string>, nodeOptions?: string[],
 * memory?: import('./memory-limit.mjs').MemoryLimit}} options `script` is an absolute path,
 *   `upMessage` the line's `msg`; of our own environment only PATH is passed on
 * @returns {Promise<Child>} rejects when it ends before
 */
export async function startChild({ script, cores, upMessage, env = {}, nodeOptions = [], memory }) {
  const pinned = onCores(cores, [process.execPath, ...nodeOptions, script]);
  const [command, ...args] = memory?.within(pinned) ?? pinned;
  const spawnedAt = performance.now();
  // The working folder has no slipstream.yaml, so that nobody's own settings are measured.
  const child = spawn(command, args, {
    cwd: BENCH_DIR,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const nextLine = followLines(child.stdout, exited, script);
  const lines = [];
  await nextLine((line) => lines.push(line) > 0 && line.msg === upMessage);
  return {
    pid: child.pid,
    spawnedAt,
    lines,
    nextLine,
    signal: (name) => void child.kill(name),
    stop: () => stop(child, exited),
  };
}

/** Shows the errors among the lines, and hands each line to those who wait for one. */
function followLines(stdout, exited, script) {
  const waiting = new Set();
  createInterface(stdout).on('line', (text) => {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text);
    if (line.level === 'error' || line.level === 'fatal') console.error(text);
    for (const wait of waiting) if (wait.isWanted(line)) wait.end(() => wait.resolve(line));
  });
  exited.then(([code, signal]) => {
    for (const wait of waiting)
      wait.end(() =>
        wait.reject(new Error(`${script} ended with ${code ?? signal} before it said what was waited for`)),
      );
  });
  return (isWanted) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    const wait = { isWanted, resolve, reject, end: (tell) => waiting.delete(wait) && tell() };
    waiting.add(wait);
    return promise;
  };
}

async function stop(child, exited) {
  child.kill('SIGTERM');
  await exited;
}
