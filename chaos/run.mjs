import { runMain } from '../tools/failure.mjs';
import { ensureInstalled } from '../tools/install.mjs';
import { watchInterrupts } from '../tools/interrupts.mjs';
import { reportSteps, testEnv } from '../tools/test-run.mjs';
import { buildAll, runVitest } from '../tools/test-steps.mjs';
import { ROOT, say } from '../tools/workspace.mjs';

const INTERRUPTED = 130;

/**
 * npm run chaos: nothing accepted is lost, whatever is killed meanwhile. Arguments go to vitest: npm run chaos --
 * broker
 */
async function main() {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  const run = { env: testEnv(), filters: process.argv.slice(2), signal: interrupted.signal };
  const build = await buildAll(run);
  const steps = build.failed ? [build] : [build, await runVitest(run, ['--config', 'chaos/vitest.config.ts'])];
  return interrupted.signal.aborted ? INTERRUPTED : reportSteps(steps);
}

await runMain(main);
