import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runMain } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { ensureTestServices } from './services/test-services.mjs';
import { sum } from './test-counts.mjs';
import { runSteps } from './test-steps.mjs';
import { ROOT, say } from './workspace.mjs';

const INTERRUPTED = 130;

/** npm test: everything, against real services. Arguments go to vitest: npm test -- libs/cache/ */
async function main() {
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort());
  await ensureInstalled(ROOT, say);
  if (interrupted.signal.aborted) return INTERRUPTED;
  const toolsEnv = { ...process.env, PATH: searchPath(), NX_DAEMON: 'false', NX_TUI: 'false' };
  const services = await ensureTestServices({ env: toolsEnv, log: say });
  try {
    const steps = await runSteps({ env: { ...toolsEnv, ...services.env }, filters: process.argv.slice(2), signal: interrupted.signal });
    return interrupted.signal.aborted ? INTERRUPTED : report(steps);
  } finally {
    await services.stop();
  }
}

function report(steps) {
  const { passed, failed } = sum(steps);
  for (const { step } of steps.filter((counts) => counts.failed > 0)) say(`Failed: ${step}`);
  if (passed + failed === 0) say('No test ran');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** The installed tools and their Node 24 first; last what may lie beside the checkout, such as database servers. */
function searchPath() {
  const shared = join(ROOT, '..', 'shared', 'bin');
  return [join(ROOT, 'node_modules', '.bin'), process.env.PATH, ...(existsSync(shared) ? [shared] : [])].join(delimiter);
}

await runMain(main);
