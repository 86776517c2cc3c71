import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLock } from '../lock.mjs';
import { runQuietly, tail } from '../run.mjs';
import { aptInstall, isRootOnDebian } from './apt.mjs';
import { Unavailable } from './unavailable.mjs';

const STEP_WITHIN_MS = 5 * 60_000;
const LOCK_POLL_MS = 200;

/**
 * Installs a program from PyPI into a virtual environment of its own, once; runs that start together take turns.
 * @param {string} python
 * @param {{name: string, version: string}} program
 * @param {Pick<import('./discovery.mjs').Context, 'cacheDir' | 'consentToInstall' | 'env' | 'log'>} context
 * @returns {Promise<string>} the folder of its executables
 * @throws {Unavailable}
 */
export async function installFromPypi(python, { name, version }, context) {
  const venv = join(context.cacheDir, `${name.toLowerCase()}-${version}`);
  const complete = join(venv, 'complete');
  const lock = await waitForLock(`${venv}.lock`);
  try {
    if (!existsSync(complete)) {
      context.log(`Installing ${name} ${version} from PyPI`);
      await createVenv(python, venv, context);
      await step(join(venv, 'bin', 'python'), [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        `${name}==${version}`,
      ]);
      writeFileSync(complete, '');
    }
  } finally {
    lock.release();
  }
  return join(venv, 'bin');
}

/** Debian keeps venv in a package of its own, so a python3 without it is common there. */
async function createVenv(python, venv, { consentToInstall, env, log }) {
  const create = () => {
    rmSync(venv, { recursive: true, force: true });
    return step(python, ['-m', 'venv', venv]);
  };
  try {
    await create();
  } catch (error) {
    if (!consentToInstall || !isRootOnDebian()) throw error;
    log('Installing python3-venv with apt-get');
    await aptInstall(['python3-venv'], env);
    await create();
  }
}

async function step(command, args) {
  const { code, output } = await runQuietly(command, args, { timeoutMs: STEP_WITHIN_MS });
  if (code !== 0) throw new Unavailable(`${args.slice(0, 3).join(' ')} failed: ${tail(output, 1)}`);
}

async function waitForLock(file) {
  for (;;) {
    const lock = tryLock(file);
    if ('release' in lock) return lock;
    await delay(LOCK_POLL_MS);
  }
}
