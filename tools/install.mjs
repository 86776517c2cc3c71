import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './failure.mjs';
import { runQuietly, tail } from './run.mjs';

const OLDEST_NODE = 20;

/**
 * Installs what package-lock.json says when node_modules is missing or says otherwise.
 * @param {string} root the checkout
 * @param {(line: string) => void} log
 * @returns {Promise<string>} the path of the Node that everything else runs on
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
    await install(root, log);
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

/** Without a network npm would try for five minutes. */
export const GIVE_UP_SOON = [
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
  '--fetch-timeout=20000',
];
const PROGRESS_MS = 5_000;

async function install(root, log) {
  const stopProgress = showProgress(root, log);
  const { code, output } = await runQuietly(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', ...GIVE_UP_SOON],
    { cwd: root, env: environmentWithoutOwnNode(root) },
  );
  stopProgress();
  if (code !== 0)
    throw new Failure(
      `${tail(output)}\nnpm ci failed (see above). Check the network and that package-lock.json agrees ` +
        'with package.json, then start again.',
    );
}

/**
 * @param {string} root
 * @param {(line: string) => void} log
 * @returns {() => void} ends it
 */
export function showProgress(root, log) {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    log(`npm ci: ${packagesIn(join(root, 'node_modules'))} packages after ${seconds} s`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** Folders of packages, those of scopes included. */
function packagesIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .reduce((count, name) => count + (name.startsWith('@') ? readdirSync(join(folder, name)).length : 1), 0);
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
