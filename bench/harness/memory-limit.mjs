import { appendFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the files of a control group, by the version of the kernel's interface. */
const V1 = { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' };
const V2 = { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak' };

/**
 * A limit of memory as a container has it.
 * @typedef {object} MemoryLimit
 * @property {(command: string[]) => string[]} within the command that runs a program under the limit
 * @property {() => number} peakMb most that was used at a time (10^6 bytes), pages of read files included
 * @property {() => void} remove once no process is in it any more
 */

/**
 * Makes a control group with a limit.
 * @param {string} name
 * @param {number} bytes
 * @returns {MemoryLimit | undefined} undefined where we may not: we are not root, or in a container ourselves
 */
export function limitMemory(name, bytes) {
  const { root, limit, peak } = existsSync(V1.root) ? V1 : V2;
  const folder = join(root, `slipstream-bench-${name}-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, limit), String(bytes));
    appendFileSync(join(folder, 'cgroup.procs'), ''); // whether it may be written to
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return undefined;
  }
  return {
    within: (command) => ['sh', '-c', `echo $$ > ${join(folder, 'cgroup.procs')} && exec "$@"`, 'sh', ...command],
    peakMb: () => Number(readFileSync(join(folder, peak), 'utf8')) / 1e6,
    remove: () => rmdirSync(folder),
  };
}
