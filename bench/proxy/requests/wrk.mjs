import { fileURLToPath } from 'node:url';
import { runQuietly } from '../../../tools/run.mjs';
import { CORES, onCores } from '../../harness/cores.mjs';
import { programPath, programVersion } from '../../harness/program.mjs';

const REPORT = fileURLToPath(new URL('report.lua', import.meta.url));
const path = () => programPath('wrk', 'wrk');

/** @returns {Promise<string>} such as `wrk 4.1.0` */
export const wrkVersion = async () => `wrk ${await programVersion(path(), '-v')}`;

/**
 * Asks for one page as fast as it is answered (closed loop), from one thread.
 * @param {{url: string, connections: number, seconds: number}} options
 * @returns {Promise<{requests: number, seconds: number, p50Ms: number, p99Ms: number, errors: number}>} `errors` are
 * connections that broke,
 *   answers of 400 and more, and requests that took longer than 2 s
 */
export async function runWrk({ url, connections, seconds }) {
  const [command, ...args] = onCores(CORES.load, [
    path(),
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    REPORT,
    url,
  ]);
  const { code, output } = await runQuietly(command, args);
  if (code !== 0) throw new Error(`wrk ended with ${code}: ${output}`);
  return JSON.parse(output.trim().split('\n').at(-1));
}
