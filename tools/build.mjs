import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { runQuietly, tail } from './run.mjs';

const OUTPUT_LINES = 20;

/**
 * Builds a project and what it refers to, unless nothing has changed since the last time. Looking costs milliseconds,
 * where asking the compiler costs seconds.
 * @param {{root: string, project: string, node: string, stampFile: string, log: (line: string) => void}} options
 * @throws {Failure} with the compiler's errors
 */
export async function buildWhenStale({ root, project, node, stampFile, log }) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint(root)) return;
  log(`Building ${project}`);
  const { code, output } = await runQuietly(
    node,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', project],
    { cwd: root },
  );
  if (code !== 0) throw new Failure(`${tail(output, OUTPUT_LINES)}\nThe build of ${project} failed (see above).`);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, fingerprint(root));
}

/**
 * Changes when any source or build result of the workspace does: results count so that a deleted or foreign one is
 * noticed.
 * @param {string} root
 */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const folder of ['apps', 'libs']) addFolder(hash, join(root, folder));
  for (const file of ['tsconfig.base.json', 'package-lock.json']) addFile(hash, join(root, file));
  return hash.digest('hex');
}

function addFolder(hash, folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules') continue;
    if (entry.isDirectory()) addFolder(hash, join(folder, entry.name));
    else addFile(hash, join(folder, entry.name));
  }
}

function addFile(hash, file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats) hash.update(`${file}\0${stats.mtimeMs}\0${stats.size}\n`);
}
