import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Then the app is killed: streams that are open would keep it for up to 30 s, and the next one takes up their jobs. */
const DRAINED_WITHIN_MS = 500;

/**
 * @typedef {{exited: Promise<number>, interrupt(count: number): void}} App
 * @typedef {{next(): Promise<string[]>}} Changes
 */

/**
 * Runs an app, and starts it again after each change of a source.
 * @param {object} options
 * @param {() => Promise<App>} options.start
 * @param {Changes} options.changes
 * @param {(path: string) => Promise<string[]>} options.compile resolves to the errors of one file
 * @param {(line: string) => void} options.log
 * @param {AbortSignal} options.signal ends it
 * @returns {Promise<void>} resolves once the app has ended after the signal
 */
export async function runRestarting({ start, changes, compile, log, signal }) {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  while (!signal.aborted) {
    const app = await start();
    let isEnding = false;
    const reported = app.exited.then((code) => {
      if (!isEnding) log(`The app ended with code ${code}. It is started again after the next change.`);
    });
    await Promise.race([aborted, untilCompiled({ changes, compile, log, signal })]);
    isEnding = true;
    await end(app);
    await reported;
  }
}

/** Resolves after a change whose files all compile. */
async function untilCompiled({ changes, compile, log, signal }) {
  for (;;) {
    const paths = await changes.next();
    if (signal.aborted) return;
    const errors = (await Promise.all(paths.map(compile))).flat();
    if (errors.length === 0) return log(`Changed: ${paths.length} file(s). The app is started again.`);
    errors.forEach((error) => log(error));
  }
}

async function end(app) {
  app.interrupt(1);
  const drained = new AbortController();
  await Promise.race([app.exited, delay(DRAINED_WITHIN_MS, undefined, { signal: drained.signal })]);
  drained.abort();
  app.interrupt(2);
  await app.exited;
}
