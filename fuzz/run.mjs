import { runMain } from '../tools/failure.mjs';
import { ensureInstalled } from '../tools/install.mjs';
import { watchInterrupts } from '../tools/interrupts.mjs';
import { reportSteps, testEnv } from '../tools/test-run.mjs';
import { buildAll, runVitest } from '../tools/test-steps.mjs';
import { ROOT, say } from '../tools/workspace.mjs';

const INTERRUPTED = 130;

/**
 * npm run fuzz: mutated requests at the real gateway. FUZZ_SECONDS (default 180) and FUZZ_SEED (default: a new one)
 * rule it; arguments go to vitest.
 */
async function main() {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  const { FUZZ_SECONDS = '180', FUZZ_SEED = String(Date.now() % 1_000_000_000) } = process.env;
  say(`fuzz: seed ${FUZZ_SEED}, ${FUZZ_SECONDS} s; FUZZ_SEED=${FUZZ_SEED} npm run fuzz sends the same inputs again`);
  const run = {
    env: { ...testEnv(), FUZZ_SECONDS, FUZZ_SEED },
    filters: process.argv.slice(2),
    signal: interrupted.signal,
  };
  const build = await buildAll(run);
  const steps = build.failed ? [build] : [build, await runVitest(run, ['--config', 'fuzz/vitest.config.ts'])];
  return interrupted.signal.aborted ? INTERRUPTED : reportSteps(steps);
}

await runMain(main);
