import { fileURLToPath } from 'node:url';
import { startChild } from '../../harness/child.mjs';

/**
 * A proxy that is a Node script of this folder; it is told where the pods are, and tells where it listens.
 * @param {{name: string, script: string, podUrls: string[], cores: string}} options
 * @returns {Promise<import('./way.mjs').Way>}
 */
export async function startScript({ name, script, podUrls, cores }) {
  const file = fileURLToPath(new URL(`${script}.process.mjs`, import.meta.url));
  const { pid, lines, stop } = await startChild({
    script: file,
    cores,
    upMessage: 'proxy listens',
    env: { PODS: podUrls.join(',') },
  });
  return { name, url: lines.at(-1).url, pid, stop };
}
