import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findOnPath } from '../../tools/run.mjs';
import { ROOT } from '../../tools/workspace.mjs';
import { must, run } from '../shell.mjs';

/** A script beside the clone that starts a one-node Kubernetes: up DIR, load DIR IMAGE…, down DIR. */
const STARTER = join(dirname(ROOT), 'shared/kube/cluster');

/** Whether {@link findCluster} would start one: the script is there, for root on Debian. */
export const canStartCluster = () =>
  existsSync(STARTER) && process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;

/**
 * The cluster to rehearse on: the one that KUBECONFIG names, or one that is started for it.
 * @returns {Promise<{name: string, load(images: string[]): Promise<void>, stop(): Promise<void>} | string>} a text: why
 *   there is none
 */
export async function findCluster(env = process.env) {
  if (!findOnPath('kubectl')) return 'kubectl is not on PATH';
  if (env.KUBECONFIG) return givenCluster(env);
  return canStartCluster() ? startCluster() : 'set KUBECONFIG to a cluster for trials, such as one of kind';
}

/** LOAD_IMAGES is the command that hands the cluster images of the local store: "kind load docker-image". */
async function givenCluster({ KUBECONFIG, LOAD_IMAGES }) {
  const { code, stderr } = await run('kubectl', ['get', 'nodes'], { timeoutMs: 30_000 });
  if (code !== 0) return `the cluster of KUBECONFIG=${KUBECONFIG} does not answer: ${stderr.trim()}`;
  const [command, ...args] = (LOAD_IMAGES ?? '').split(' ').filter(Boolean);
  return {
    name: KUBECONFIG,
    load: async (images) => void (command && (await must(command, [...args, ...images]))),
    stop: async () => undefined,
  };
}

async function startCluster() {
  const dir = join(await mkdtemp(join(tmpdir(), 'slipstream-cluster-')), 'cluster');
  await must(STARTER, ['up', dir], { timeoutMs: 1_200_000 });
  process.env.KUBECONFIG = join(dir, 'kubeconfig');
  return {
    name: 'a one-node cluster that was started for this',
    load: async (images) => void (await must(STARTER, ['load', dir, ...images])),
    stop: async () => void (await must(STARTER, ['down', dir])),
  };
}
