import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { sum } from './test-counts.mjs';
import { ROOT, say } from './workspace.mjs';

/**
 * The environment of a test run: the installed tools and their Node first; last what may lie beside the checkout,
 * such as database servers.
 */
export function testEnv() {
  const shared = join(ROOT, '..', 'shared', 'bin');
  const path = [join(ROOT, 'node_modules', '.bin'), process.env.PATH, ...(existsSync(shared) ? [shared] : [])].join(
    delimiter,
  );
  return { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false' };
}

/** Enough to see what is wrong; what failed more often has one cause. */
const MAX_FAILURES_SHOWN = 40;

/**
 * Says what failed, and last the totals: a long run has to be understood from its end.
 * @param {import('./test-steps.mjs').StepCounts[]} steps
 * @returns {number} exit code
 */
export function reportSteps(steps) {
  const { passed, failed } = sum(steps);
  for (const { step, failures = [] } of steps.filter((counts) => counts.failed > 0)) {
    say(`Failed: ${step}`);
    for (const failure of failures.slice(0, MAX_FAILURES_SHOWN)) say(`  ${failure}`);
    if (failures.length > MAX_FAILURES_SHOWN) say(`  and ${failures.length - MAX_FAILURES_SHOWN} more`);
  }
  if (passed + failed === 0) say('No test ran');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
