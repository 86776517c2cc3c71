import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../tools/workspace.mjs';

/** What figures depend on, for a person. */
export function machine() {
  const memoryGb = (totalmem() / 1e9).toFixed(0);
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: `${cpus()[0].model}, ${cpus().length} cores, ${memoryGb} GB`,
  };
}

/** Name and version of an installed package, such as `ioredis 5.11.1`. @param {string} name */
export function packageVersion(name) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return `${name} ${version}`;
}
