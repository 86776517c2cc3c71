import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../../tools/run.mjs';
import { canStartCluster } from '../cluster/cluster.mjs';
import { must, run } from '../shell.mjs';
import { CACHE } from '../tools.mjs';

const PODMAN_BUILD = ['--isolation', 'chroot', '--layers', '--format', 'docker'];
/** For a root podman on a machine without systemd, whose own limits may be lower than podman's defaults. */
const WITHOUT_SYSTEMD = `[containers]
default_ulimits = ["nofile=16384:16384", "nproc=8192:8192"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
`;

/**
 * What builds and runs images here: podman, or a docker whose engine answers. Where a cluster can be started, podman is
 * installed for it.
 * @returns {Promise<{command: string, buildArgs: string[]} | undefined>}
 */
export async function findEngine() {
  await configurePodman();
  if (await answers('podman')) return { command: 'podman', buildArgs: PODMAN_BUILD };
  if (await answers('docker')) return { command: 'docker', buildArgs: [] };
  if (!canStartCluster()) return undefined;
  await installPodman();
  return { command: 'podman', buildArgs: PODMAN_BUILD };
}

const answers = async (command) => findOnPath(command) !== undefined && (await run(command, ['info'])).code === 0;

async function configurePodman() {
  const isConfigured = process.env.CONTAINERS_CONF || existsSync('/etc/containers/containers.conf');
  if (isConfigured || process.getuid?.() !== 0 || existsSync('/run/systemd/system')) return;
  await mkdir(CACHE, { recursive: true });
  process.env.CONTAINERS_CONF = join(CACHE, 'containers.conf');
  await writeFile(process.env.CONTAINERS_CONF, WITHOUT_SYSTEMD);
}

async function installPodman() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '-q', '--no-install-recommends', 'podman', 'buildah', 'runc', 'debootstrap'];
  const install = () => must('apt-get', args, { env });
  await install().catch(() => must('apt-get', ['update', '-q']).then(install));
}
