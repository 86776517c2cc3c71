import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './failure.mjs';
import { runQuietly, tail } from './run.mjs';

const OLDEST_NODE = 20;

/**
 * Installs what package-lock.json says when node_modules is missing or says otherwise.
 * @param {string} root the checkout
 * @param {(line: string) => void} log
 * @returns {Promise<string>} the path of the Node 24 that everything else runs on
 * @throws {Failure} with the end of npm's output
 */
export async function ensureInstalled(root, log) {
  requireNode();
  if (
    isInstallStale(
      readPackages(join(root, 'package-lock.json')),
      readPackages(join(root, 'node_modules', '.package-lock.json')),
    )
  ) {
    log('Installing packages with npm ci');
    await install(root);
  }
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node))
    throw new Failure(
      'npm installed no Node 24 (package "node"). Remove node_modules and start again; install scripts ' +
        'must be allowed for it.',
    );
  return node;
}

/**
 * Compares the lock file with the one that npm keeps inside node_modules, which is written last by every finished
 * install. So an install by hand counts, and one that was interrupted doesn't.
 * @param {Record<string, {version?: string, optional?: boolean}>} wanted `packages` of package-lock.json
 * @param {Record<string, {version?: string}> | undefined} installed `packages` of node_modules/.package-lock.json, if
 * it exists
 */
export function isInstallStale(wanted, installed) {
  if (!installed) return true;
  const required = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional);
  return required.some(([path, entry]) => !(path in installed) || installed[path].version !== entry.version);
}

function readPackages(file) {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

async function install(root) {
  const { code, output } = await runQuietly(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, env: environmentWithoutOwnNode(root) },
  );
  if (code !== 0)
    throw new Failure(
      `${tail(output)}\nnpm ci failed (see above). Check the network and that package-lock.json agrees ` +
        'with package.json, then start again.',
    );
}

/** npm ci removes node_modules, and must not itself run on the Node in there. */
function environmentWithoutOwnNode(root) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return {
    ...process.env,
    PATH: folders.filter((folder) => !folder.startsWith(join(root, 'node_modules'))).join(delimiter),
  };
}

function requireNode() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE)
    throw new Failure(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.versions.node}.`);
}
