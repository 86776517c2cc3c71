import { fileURLToPath } from 'node:url';
import { runQuietly } from '../../../tools/run.mjs';
import { CORES, onCores } from '../../harness/cores.mjs';
import { programPath, programVersion } from '../../harness/program.mjs';

const scriptPath = (name) => fileURLToPath(new URL(name, import.meta.url));
const ONE_PAGE = scriptPath('report.lua');
const DISTINCT_PAGES = scriptPath('distinct.lua');
const path = () => programPath('wrk', 'wrk');

/** @returns {Promise<string>} such as `wrk 4.1.0` */
export const wrkVersion = async () => `wrk ${await programVersion(path(), '-v')}`;

/**
 * Asks for one page as fast as it is answered (closed loop), from one thread.
 * @param {{url: string, connections: number, seconds: number, distinct?: string, script?: string}} options
 * `distinct`: asks for a new page with each request instead; a word that no other run has. `script`: wrk's, in place of
 * ours
 * @returns {Promise<{requests: number, seconds: number, p50Ms: number, p99Ms: number, errors: number}>} `errors` are
 * connections that broke,
 *   answers of 400 and more, and requests that took longer than 2 s
 */
export async function runWrk({ url, connections, seconds, distinct, script }) {
  const [command, ...args] = onCores(CORES.load, [
    path(),
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    script === undefined ? (distinct === undefined ? ONE_PAGE : DISTINCT_PAGES) : scriptPath(script),
    url,
    ...(distinct === undefined ? [] : ['--', distinct]),
  ]);
  const { code, output } = await runQuietly(command, args);
  if (code !== 0) throw new Error(`wrk ended with ${code}: ${output}`);
  return JSON.parse(output.trim().split('\n').at(-1));
}
