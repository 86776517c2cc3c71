import { join } from 'node:path';
import { aptInstall, isRootOnDebian } from '../../tools/services/apt.mjs';
import { installFromPypi } from '../../tools/services/pypi-venv.mjs';
import { Unavailable } from '../../tools/services/unavailable.mjs';
import { findOnPath } from '../../tools/run.mjs';

const KOSOKU = { name: 'kosoku', version: '0.1.0' };

/**
 * Makes sure of kosoku, the Autobahn WebSocket cases with a driver of their own. It needs Python 3.11 or newer.
 * @param {Pick<import('../../tools/services/discovery.mjs').Context, 'cacheDir' | 'consentToInstall' | 'env' | 'log'>}
 * context
 * @returns {Promise<string>} its path
 * @throws {Unavailable}
 */
export async function ensureKosoku(context) {
  const python = findOnPath('python3', context.env) ?? (await installPython(context));
  return join(await installFromPypi(python, KOSOKU, context), 'kosoku');
}

async function installPython({ consentToInstall, env, log }) {
  if (!consentToInstall || !isRootOnDebian())
    throw new Unavailable('python3 (3.11 or newer, with venv) is not on PATH: install it');
  log('Installing python3 with apt-get');
  await aptInstall(['python3', 'python3-venv'], env);
  return findOnPath('python3', env);
}
