import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessRecord } from '../processes.mjs';
import { readStateFile, replaceStateFile, setAside } from '../state-file.mjs';
import { say } from '../workspace.mjs';
import { isPort } from './ports.mjs';

/**
 * What is kept in a service's folder about the instance last started there: enough for a later run to find what a
 * killed one left behind, and to give the next instance the same ports.
 * @typedef {{candidate: string, ports: number[], processes: import('../processes.mjs').ProcessRecord[]}} InstanceRecord
 */

/**
 * Reads the record. One that is damaged, or that names a process which no tool of ours would have recorded, is set
 * aside with a warning: nothing in it is used.
 * @param {string} dataDir
 * @param {(line: string) => void} [log] default: a line of progress
 * @returns {InstanceRecord | undefined}
 */
export function readInstance(dataDir, log = say) {
  const file = join(dataDir, 'instance.json');
  try {
    const text = readStateFile(file);
    return text === undefined ? undefined : checked(JSON.parse(text));
  } catch (error) {
    log(
      `${file} is damaged (${error.message}); it is kept as ${setAside(file)}. A service that it named ` +
        'may still run: end it by hand if its port is taken.',
    );
    return undefined;
  }
}

/**
 * @param {string} dataDir
 * @param {InstanceRecord} record
 */
export function writeInstance(dataDir, record) {
  mkdirSync(dataDir, { recursive: true });
  replaceStateFile(join(dataDir, 'instance.json'), JSON.stringify(record));
}

function checked(unchecked) {
  const { candidate, ports, processes } = unchecked ?? {};
  if (typeof candidate !== 'string' || candidate === '' || /[/\\]/.test(candidate))
    throw new Error('its candidate is no name');
  if (!Array.isArray(ports) || !ports.every(isPort)) throw new Error('its ports are no port numbers');
  if (!Array.isArray(processes)) throw new Error('its processes are no list');
  if (!processes.every(isProcessRecord)) throw new Error('a process in it lacks a pid above 1, a start time or a mark');
  return { candidate, ports, processes };
}
