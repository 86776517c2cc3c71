import { runMain } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { storesFor } from './suite.mjs';
import { planTests } from './test-plan.mjs';
import { reportSteps, testEnv } from './test-run.mjs';
import { buildAll, buildProjects, lintAll, runVitest } from './test-steps.mjs';
import { ROOT, say } from './workspace.mjs';

const INTERRUPTED = 130;
const E2E = ['--config', 'e2e/vitest.config.ts'];

/**
 * npm test: everything, against real services. Arguments go to vitest: npm test -- libs/cache/ builds and tests only
 * that library, and starts services only if one of its specs needs them.
 */
async function main() {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  const run = { env: testEnv(), filters: process.argv.slice(2), signal: interrupted.signal };
  const steps = await runSteps(run, planTests(ROOT, run.filters));
  return interrupted.signal.aborted ? INTERRUPTED : reportSteps(steps);
}

/**
 * A failed build ends the run, because the tests would only repeat it. After any other failure the rest still runs.
 * @param {import('./test-steps.mjs').Run} run
 * @param {import('./test-plan.mjs').TestPlan} plan
 */
async function runSteps(run, plan) {
  const build = plan.isWhole ? await buildAll(run) : await buildProjects(run, plan.projects);
  if (build.failed) return [build];
  const lint = plan.isWhole ? [await lintAll(run)] : [];
  if (!plan.hasIntegration && !plan.hasE2e) return [build, ...lint, await runVitest(run, ['--project', 'unit'])];
  const stores = await storesFor(run);
  try {
    const withStores = { ...run, env: { ...run.env, ...stores.env } };
    return [
      build,
      ...lint,
      ...(plan.hasUnit || plan.hasIntegration ? [await runVitest(withStores, [])] : []),
      ...(plan.hasE2e ? [await runVitest(withStores, E2E)] : []),
    ];
  } finally {
    await stores.stop();
  }
}

await runMain(main);
