import { spawnSync } from 'node:child_process';

/**
 * Who runs where, as lists of cores. What measures keeps to one of two. What is measured may use both, as its processes
 * would anywhere else: held to one core together, they would mostly wait for each other. A single process whose
 * requests per core are asked for has one core to itself.
 */
export const CORES = { load: '0', system: '0,1', alone: '1' };

/** Whether processes can be held to cores here: Linux with taskset and two cores that we may use. */
export const canPin = Object.values(CORES).every((cores) => spawnSync('taskset', ['-c', cores, 'true']).status === 0);

/**
 * The command that runs a program on some cores only.
 * @param {string} cores
 * @param {string[]} command
 * @returns {string[]} the command unchanged where processes can't be held to cores
 */
export const onCores = (cores, command) => (canPin ? ['taskset', '-c', cores, ...command] : command);

/**
 * Holds this process, all its threads, to some cores; what it started before stays where it is.
 * @param {string} cores
 */
export function pinThisProcess(cores) {
  if (canPin) spawnSync('taskset', ['--all-tasks', '-cp', cores, String(process.pid)]);
}
