import { findOnPath } from '../../tools/run.mjs';
import { aptInstall, isRootOnDebian } from '../../tools/services/apt.mjs';
import { Unavailable } from '../../tools/services/unavailable.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** @returns {Promise<string>} path of a Chromium */
export async function ensureChromium({ env, consentToInstall, log }) {
  const find = () => NAMES.map((name) => findOnPath(name, env)).find(Boolean);
  const found = find();
  if (found) return found;
  if (!isRootOnDebian() || !consentToInstall) throw new Unavailable('install Chromium, so that chromium is on PATH');
  log('Installing chromium with apt-get');
  await aptInstall(['chromium'], env);
  return find() ?? fail();
}

function fail() {
  throw new Unavailable('apt-get has installed no chromium');
}
