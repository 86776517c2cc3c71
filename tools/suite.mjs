import { FILES_AT_ONCE } from './files-at-once.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { ensureStoreSets } from './services/test-services.mjs';
import { reportSteps, testEnv } from './test-run.mjs';
import { buildAll, runVitest } from './test-steps.mjs';
import { ROOT, say } from './workspace.mjs';

const INTERRUPTED = 130;

/**
 * Builds the workspace and runs one suite of whole systems: npm run chaos, conformance or fuzz. Arguments go to vitest.
 * @param {string} config of vitest, from the root
 * @param {{env?: Record<string, string>, needsStores?: boolean}} [options] needsStores: whether the specs use Redis,
 *   RabbitMQ and MongoDB of the run
 * @returns {Promise<number>} exit code
 */
export async function runSuite(config, { env = {}, needsStores = false } = {}) {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  const run = { env: { ...testEnv(), ...env }, filters: process.argv.slice(2), signal: interrupted.signal };
  const steps = [await buildAll(run)];
  if (!steps[0].failed) {
    const stores = needsStores ? await storesFor(run) : undefined;
    try {
      steps.push(await runVitest({ ...run, env: { ...run.env, ...stores?.env } }, ['--config', config]));
    } finally {
      await stores?.stop();
    }
  }
  return interrupted.signal.aborted ? INTERRUPTED : reportSteps(steps);
}

/**
 * Stores for a run of specs, in the variables that their configurations read.
 * @param {Pick<import('./test-steps.mjs').Run, 'env'>} run
 * @returns {Promise<{env: Record<string, string>, stop(): Promise<void>}>}
 */
export async function storesFor({ env }) {
  const { sets, stop } = await ensureStoreSets({ env, log: say, count: FILES_AT_ONCE });
  return { env: { ...sets[0], SLIPSTREAM_STORE_SETS: JSON.stringify(sets) }, stop };
}
