import { join } from 'node:path';
import { findOnPath } from '../../tools/run.mjs';
import { aptInstall, isRootOnDebian } from '../../tools/services/apt.mjs';
import { installFromPypi } from '../../tools/services/pypi-venv.mjs';
import { Unavailable } from '../../tools/services/unavailable.mjs';

/**
 * Installs a program from PyPI. It needs Python 3.11 or newer.
 * @param {{name: string, version: string}} program
 * @param {string} executable
 * @returns {(context: Pick<import('../../tools/services/discovery.mjs').Context, 'cacheDir' | 'consentToInstall' |
 * 'env' | 'log'>) => Promise<string>} its path, or throws Unavailable
 */
export const pypiProgram =
  (program, executable = program.name) =>
  async (context) => {
    const python = findOnPath('python3', context.env) ?? (await installPython(context));
    return join(await installFromPypi(python, program, context), executable);
  };

async function installPython({ consentToInstall, env, log }) {
  if (!consentToInstall || !isRootOnDebian())
    throw new Unavailable('python3 (3.11 or newer, with venv) is not on PATH: install it');
  log('Installing python3 with apt-get');
  await aptInstall(['python3', 'python3-venv'], env);
  return findOnPath('python3', env);
}
