import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { recordOf, signalGroup, signalProcess } from './processes.mjs';
import { writeInstance } from './services/instance-record.mjs';
import { endLeftovers } from './services/instance.mjs';

/** The app drains for up to 30 s; one that is still there after this has hung. */
const DRAINED_WITHIN_MS = 35_000;

/**
 * Runs the app in a process group of its own, so that Ctrl-C reaches it once and through here, and ends one that a
 * killed run left behind.
 * @param {{node: string, nodeOptions: string[], script: string, env: NodeJS.ProcessEnv, dataDir: string}} options
 * @returns {Promise<{exited: Promise<number>, interrupt(count: number): void, reload(): void}>} the first interrupt
 *   lets it drain, any further one kills it; exited resolves to its exit code, or 128 + the signal that ended it
 */
export async function startApp({ node, nodeOptions, script, env, dataDir }) {
  await endLeftovers(dataDir);
  const child = spawn(node, [...nodeOptions, script], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => code ?? 128 + constants.signals[signal]);
  const record = recordOf(child.pid, script);
  writeInstance(dataDir, { candidate: 'standalone', ports: [], processes: record ? [record] : [] });
  return {
    exited,
    reload: () => signalProcess(record, 'SIGHUP'),
    interrupt(count) {
      signalGroup(record, count === 1 ? 'SIGTERM' : 'SIGKILL');
      setTimeout(signalGroup, DRAINED_WITHIN_MS, record, 'SIGKILL').unref();
    },
  };
}
