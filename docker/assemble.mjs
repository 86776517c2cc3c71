// usage: assemble.mjs APP DIR   Puts the root file system of an app's image into DIR (runs in docker/Dockerfile).
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { billOfMaterials } from './sbom.mjs';

const SOURCE = process.cwd();
const USER = 65532;
/** The Node that package-lock.json pins, which is the one that the tests run. */
const NODE = realpathSync('node_modules/node/bin/node');
const TINI = '/usr/bin/tini-static';
/** Types, maps and prose of packages, which no program reads at run time. */
const UNREAD = /\.(?:d\.[cm]?ts|[cm]?js\.map|d\.ts\.map|md|markdown|tsbuildinfo)$/;

const [app, root] = process.argv.slice(2);
if (!existsSync(join('apps', app, 'src/main.ts'))) throw new Error(`APP: there is no service ${app}`);
const home = join(root, 'app');

installDependencies();
const workspaces = linkedWorkspaces();
removeOtherWorkspaces(workspaces);
for (const workspace of workspaces) copyBuild(workspace);
removeUnread(home);
symlinkSync(`apps/${app}/dist/main.js`, join(home, 'main.js'));
copyFileSync(join(SOURCE, 'docker/healthcheck.mjs'), join(home, 'healthcheck.mjs'));
const debianFiles = addSystem();
const nodeVersion = execFileSync(NODE, ['--version'], { encoding: 'utf8' }).trim().slice(1);
const bill = billOfMaterials({ app, home, nodeVersion, debianFiles });
writeFileSync(join(home, 'sbom.cdx.json'), JSON.stringify(bill));

/** Production dependencies of the app, with the workspaces among them as links to their folders. */
function installDependencies() {
  const { workspaces: patterns } = JSON.parse(readFileSync('package.json', 'utf8'));
  const folders = patterns.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(pattern.slice(0, -2)).map((name) => join(pattern.slice(0, -2), name))
      : [pattern],
  );
  for (const path of ['.', ...folders]) copyInto(join(path, 'package.json'), home);
  copyInto('package-lock.json', home);
  npm('ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '-w', `apps/${app}`);
}

function linkedWorkspaces() {
  const scope = join(home, 'node_modules/@slipstream');
  return readdirSync(scope).map((name) => realpathSync(join(scope, name)).slice(realpathSync(home).length + 1));
}

function removeOtherWorkspaces(kept) {
  for (const folder of ['apps', 'libs']) {
    for (const name of readdirSync(join(home, folder))) {
      if (!kept.includes(`${folder}/${name}`)) rmSync(join(home, folder, name), { recursive: true });
    }
  }
}

function copyBuild(workspace) {
  const from = join(SOURCE, workspace, 'dist');
  cpSync(from, join(home, workspace, 'dist'), { recursive: true, filter: (path) => path !== join(from, 'testing') });
}

function removeUnread(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && UNREAD.test(entry.name)) rmSync(join(entry.parentPath, entry.name), { force: true });
  }
  // Peer dependencies of build tools that npm installs and nothing imports at run time.
  rmSync(join(folder, 'node_modules/typescript'), { recursive: true, force: true });
  rmSync(join(folder, 'node_modules/.bin'), { recursive: true, force: true });
}

/** Native modules of packages. */
function addons() {
  return readdirSync(join(home, 'node_modules'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.node'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Node, tini, the shared libraries of these and of native modules, and a user.
 * @returns {string[]} the files that are Debian's
 */
function addSystem() {
  const needed = [NODE, ...addons()].map((file) => execFileSync('ldd', [file], { encoding: 'utf8' })).join('');
  const isOfPackage = (library) => library.startsWith(home);
  const libraries = new Set(needed.match(/\/\S+\.so\S*/g).filter((library) => !isOfPackage(library)));
  for (const library of libraries) copyInto(library, root, realpathSync(library));
  for (const [from, to] of [
    [NODE, '/usr/bin/node'],
    [TINI, '/usr/bin/tini'],
  ]) {
    copyInto(to, root, from);
    chmodSync(join(root, to), 0o755);
  }
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), `nonroot:x:${USER}:${USER}::/var/lib/slipstream:/sbin/nologin\n`);
  writeFileSync(join(root, 'etc/group'), `nonroot:x:${USER}:\n`);
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  mkdirSync(join(root, 'var/lib/slipstream'), { recursive: true });
  chownSync(join(root, 'var/lib/slipstream'), USER, USER);
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  chmodSync(join(root, 'tmp'), 0o1777);
  return [TINI, ...[...libraries].map((library) => realpathSync(library))];
}

function copyInto(path, folder, from = path) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  copyFileSync(from, join(folder, path));
}

function npm(...args) {
  return execFileSync('npm', args, {
    cwd: home,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
