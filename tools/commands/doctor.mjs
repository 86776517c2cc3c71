import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildWhenStale } from '../build.mjs';
import { ensureInstalled } from '../install.mjs';
import { ROOT, STATE_DIR } from '../workspace.mjs';
import { serviceOf } from './service-of.mjs';

/**
 * Checks a configuration and its surroundings, by the program that the gateway's image has too.
 * @param {{options: Record<string, string | true>}} command
 * @returns {Promise<number>} exit code
 */
export async function run({ options }) {
  const service = serviceOf('doctor', options);
  const node = await ensureInstalled(ROOT, console.error);
  const stampFile = join(STATE_DIR, 'doctor-build.stamp');
  await buildWhenStale({ root: ROOT, project: join('apps', 'gateway'), node, stampFile, log: console.error });
  const args = Object.entries({ ...options, service }).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`,
  );
  const child = spawn(node, [join(ROOT, 'apps/gateway/dist/doctor.js'), ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
}
