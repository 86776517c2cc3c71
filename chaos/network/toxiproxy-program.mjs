import { isRootOnDebian } from '../../tools/services/apt.mjs';
import { ensureToxiproxy } from '../../tools/services/toxiproxy.mjs';
import { CACHE_DIR, say } from '../../tools/workspace.mjs';

/** Path of toxiproxy's server, which the first run builds. */
export function toxiproxyProgram() {
  const { env } = process;
  const consentToInstall = env.CI === 'true' || env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
  return ensureToxiproxy({ cacheDir: CACHE_DIR, consentToInstall, env, log: say });
}
