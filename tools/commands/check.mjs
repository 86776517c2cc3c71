import { join } from 'node:path';
import { buildWhenStale } from '../build.mjs';
import { ensureInstalled } from '../install.mjs';
import { ROOT, STATE_DIR } from '../workspace.mjs';
import { serviceOf } from './service-of.mjs';

/**
 * Reads a configuration as a start would, and prints everything that is wrong with it.
 * @param {{operand?: string, options: {service?: string}}} command
 * @returns {Promise<number>} exit code
 */
export async function run({ operand, options }) {
  const service = serviceOf('check', options);
  const env = operand === undefined ? process.env : { ...process.env, SLIPSTREAM_CONFIG: operand };
  await buildConfig();
  const { ConfigError, loadConfigSnapshot, unreadVariables } = await import('@slipstream/config');
  try {
    const { file } = await loadConfigSnapshot({ service, env });
    for (const line of unreadVariables(env)) console.error(line);
    console.log(file.exists ? `${file.path}: ok` : `${file.path} does not exist; the defaults and the environment: ok`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) console.error(mistake);
    return 1;
  }
}

/** The configuration's library needs to be there, and no other. */
async function buildConfig() {
  const node = await ensureInstalled(ROOT, console.error);
  const project = join('libs', 'config');
  await buildWhenStale({
    root: ROOT,
    project,
    node,
    stampFile: join(STATE_DIR, 'config-build.stamp'),
    log: console.error,
  });
}
