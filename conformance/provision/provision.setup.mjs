import { isRootOnDebian } from '../../tools/services/apt.mjs';
import { CACHE_DIR, say } from '../../tools/workspace.mjs';
import { ensureKosoku } from './kosoku.mjs';
import { ensureToxiproxy } from './toxiproxy.mjs';

/**
 * Hands the programs that were not written here to the specs; the first run installs them.
 * @param {import('vitest/node').TestProject} project
 */
export default async function setup(project) {
  const consentToInstall = process.env.CI === 'true' || process.env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
  const context = { cacheDir: CACHE_DIR, consentToInstall, env: process.env, log: say };
  project.provide('kosoku', await ensureKosoku(context));
  project.provide('toxiproxy', await ensureToxiproxy(context));
}
