import { setTimeout as delay } from 'node:timers/promises';
import { startApp } from '../app.mjs';
import { inspectArguments } from '../inspect-options.mjs';
import { runLocally } from '../local-run.mjs';
import { say } from '../workspace.mjs';

/** An app that drained after an unexpected error (libs/health/src/run-process.ts) is started again. */
const FAULT_EXIT_CODE = 70;
const RESTART_DELAY_MS = 500;

/**
 * All services in one process. The inspector's options are of that process, not of this one.
 * @param {{options: Record<string, string | true>}} command
 */
export function run({ options }) {
  return runLocally((interrupts, app) =>
    runApp(interrupts, { ...app, nodeOptions: [...app.nodeOptions, ...inspectArguments(options)] }),
  );
}

async function runApp(interrupts, options) {
  for (;;) {
    interrupts.app = await startApp(options);
    if (interrupts.count > 0) interrupts.app.interrupt(interrupts.count);
    const code = await interrupts.app.exited;
    if (code !== FAULT_EXIT_CODE || interrupts.count > 0) return code;
    say('The app ended after an unexpected error, which its log shows; it is started again.');
    await delay(RESTART_DELAY_MS);
  }
}
