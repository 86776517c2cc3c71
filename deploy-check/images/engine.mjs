import { findOnPath } from '../../tools/run.mjs';
import { run } from '../shell.mjs';

/**
 * What builds and runs images here: podman, or a docker whose engine answers.
 * @returns {Promise<{command: string, buildArgs: string[]} | undefined>}
 */
export async function findEngine() {
  if (findOnPath('podman') && (await run('podman', ['info'])).code === 0)
    return { command: 'podman', buildArgs: ['--isolation', 'chroot', '--layers', '--format', 'docker'] };
  if (findOnPath('docker') && (await run('docker', ['info'])).code === 0) return { command: 'docker', buildArgs: [] };
  return undefined;
}
