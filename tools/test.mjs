import { runMain } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { ensureTestServices } from './services/test-services.mjs';
import { reportSteps, testEnv } from './test-run.mjs';
import { runSteps } from './test-steps.mjs';
import { ROOT, say } from './workspace.mjs';

const INTERRUPTED = 130;

/** npm test: everything, against real services. Arguments go to vitest: npm test -- libs/cache/ */
async function main() {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  if (interrupted.signal.aborted) return INTERRUPTED;
  const env = testEnv();
  const services = await ensureTestServices({ env, log: say });
  try {
    const steps = await runSteps({
      env: { ...env, ...services.env },
      filters: process.argv.slice(2),
      signal: interrupted.signal,
    });
    return interrupted.signal.aborted ? INTERRUPTED : reportSteps(steps);
  } finally {
    await services.stop();
  }
}

await runMain(main);
