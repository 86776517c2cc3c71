import { spawnSync } from 'node:child_process';

/** Who runs where, so that what measures takes no time from what is measured. */
export const CORES = { load: 0, system: 1 };

/** Whether processes can be held to both cores here: Linux with taskset and two cores that we may use. */
export const canPin = Object.values(CORES).every((core) => spawnSync('taskset', ['-c', String(core), 'true']).status === 0);

/**
 * The command that runs a program on one core only.
 * @param {number} core
 * @param {string[]} command
 * @returns {string[]} the command unchanged where processes can't be held to a core
 */
export const onCore = (core, command) => (canPin ? ['taskset', '-c', String(core), ...command] : command);

/** Holds this process, all its threads, to one core; what it started before stays where it is. @param {number} core */
export function pinThisProcess(core) {
  if (canPin) spawnSync('taskset', ['--all-tasks', '-cp', String(core), String(process.pid)]);
}
