import { fileURLToPath } from 'node:url';
import { startChild } from '../../harness/child.mjs';
import { CORES } from '../../harness/cores.mjs';

const SCRIPT = fileURLToPath(new URL('pod.process.mjs', import.meta.url));

/**
 * A pod in a process of its own.
 * @typedef {object} Pod
 * @property {string} url
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {() => Promise<{work: number, events: number, messages: number, outOfOrder: number}>} counts what it got so
 * far
 * @property {() => Promise<void>} stop
 */

/**
 * @param {number} count
 * @param {AsyncDisposableStack} stack ends them
 * @returns {Promise<Pod[]>}
 */
export const startPods = (count, stack) =>
  Promise.all(Array.from({ length: count }, async () => stack.adopt(await startPod(), (pod) => pod.stop())));

async function startPod() {
  const { signal, lines, stop } = await startChild({
    script: SCRIPT,
    cores: CORES.load,
    upMessage: 'pod listens',
    env: { PORT: '0' },
  });
  const { url } = lines.at(-1);
  return { url, signal, counts: async () => (await fetch(`${url}/counts`)).json(), stop };
}
