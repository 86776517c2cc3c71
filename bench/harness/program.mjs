import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../tools/failure.mjs';
import { findOnPath, runQuietly } from '../../tools/run.mjs';
import { onCores } from './cores.mjs';

const POLL_MS = 20;
const LISTENS_WITHIN_MS = 5000;

/**
 * Where a program is that the bench does not bring with it.
 * @param {string} name of the executable
 * @param {string} aptPackage that has it
 * @throws {Failure}
 */
export function programPath(name, aptPackage) {
  const path = findOnPath(name) ?? findOnPath(name, { PATH: '/usr/sbin:/usr/local/sbin' });
  if (!path)
    throw new Failure(`${name} is not on PATH; install it (Debian: apt-get install ${aptPackage}) and run again.`);
  return path;
}

/**
 * The version that a program tells of itself, such as `1.22.1`.
 * @param {string} path
 * @param {string} option that makes it tell
 */
export async function programVersion(path, option) {
  const { output } = await runQuietly(path, [option]);
  return /\d+\.\d+[\w.]*/.exec(output)?.[0] ?? 'of unknown version';
}

/**
 * Starts a server that stays in the foreground as one process, and waits until it listens.
 * @param {{path: string, args: (configFile: string, folder: string) => string[], config: (folder: string) => string,
 * cores: string, port: number}} options
 *   `folder` is the program's own, and goes with it
 * @returns {Promise<{pid: number, stop: () => Promise<void>}>}
 */
export async function startProgram({ path, args, config, cores, port }) {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-bench-'));
  const configFile = join(folder, 'server.conf');
  writeFileSync(configFile, config(folder));
  const [command, ...rest] = onCores(cores, [path, ...args(configFile, folder)]);
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const failed = exited.then(([code, signal]) => {
    throw new Error(`${path} ended with ${code ?? signal} before it listened`);
  });
  failed.catch(() => {}); // it ends in the end
  await Promise.race([untilListening(port, path), failed]);
  return { pid: child.pid, stop };
}

async function untilListening(port, path) {
  for (const until = performance.now() + LISTENS_WITHIN_MS; performance.now() < until; await delay(POLL_MS)) {
    if (await isListening(port)) return;
  }
  throw new Error(`${path} did not listen on port ${port} within ${LISTENS_WITHIN_MS} ms`);
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
