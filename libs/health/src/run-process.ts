import { within } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import { Lifecycle } from './lifecycle.js';
import { refusalText } from './refusal-text.js';
import { watchUncaughtErrors, type UncaughtErrorOutcome } from './uncaught-errors.js';

/** A running process. */
export interface RunningProcess {
  logger: Logger;
  /** Time limit of {@link drain}. */
  graceMs: number;
  /**
   * The same after an unexpected error. Default: at most 5 s, because nothing serves until the process is started
   * again.
   */
  fatalGraceMs?: number;
  /** Accepts no new work, and waits for running work. */
  drain(): Promise<void>;
  close(): Promise<void>;
  /** Reads the configuration again, at each SIGHUP. */
  reload?: () => unknown;
  /** Called for each uncaught error. */
  onUncaughtError?: (outcome: UncaughtErrorOutcome) => void;
}

/** Exit code of a process that ended because of an unexpected error (EX_SOFTWARE of sysexits.h): start it again. */
export const FATAL_EXIT_CODE = 70;
const FATAL_GRACE_MS = 5000;

/** Time limit of closing. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Runs a process from start to exit. If the start fails for a known reason, it prints only that reason and exits with
 * 1. SIGTERM and SIGINT drain, then exit with 0; a second one exits with 1 at once. An uncaught error ends one
 * connection, or drains the process, which then exits with {@link FATAL_EXIT_CODE}. SIGHUP reloads the configuration
 * and ends no process, not even a starting one.
 */
export async function runProcess(start: (lifecycle: Lifecycle) => Promise<RunningProcess>): Promise<void> {
  const lifecycle = new Lifecycle();
  const stopped = Promise.withResolvers<'signal' | 'error'>();
  const stop = (reason: 'signal' | 'error') => {
    lifecycle.beginDrain();
    stopped.resolve(reason);
  };
  onStopSignal(() => stop('signal'));
  const starting = start(lifecycle).catch(refuseToStart);
  process.on('SIGHUP', () => void starting.then((running) => running.reload?.()));
  void stopped.promise.then(() => endStuckStart(starting));
  const running = await starting;
  watchUncaughtErrors({
    logger: running.logger,
    onUncaughtError: (outcome) => running.onUncaughtError?.(outcome),
    end: () => stop('error'),
  });
  process.exit((await stopped.promise) === 'signal' ? await shutDown(running) : await endAfterError(running));
}

async function endAfterError(running: RunningProcess): Promise<number> {
  const { graceMs, fatalGraceMs = Math.min(graceMs, FATAL_GRACE_MS) } = running;
  await shutDown({
    logger: running.logger,
    graceMs: fatalGraceMs,
    drain: () => running.drain(),
    close: () => running.close(),
  });
  return FATAL_EXIT_CODE;
}

/**
 * Each step has its own time limit and its own failure: closing follows even if draining fails. @returns the exit code
 */
async function shutDown(running: RunningProcess): Promise<0 | 1> {
  const { logger, graceMs } = running;
  logger.info({}, 'shutting down: no new work is accepted');
  const isDrained = await step('drain', logger, graceMs, () => running.drain());
  const isClosed = await step('close', logger, CLOSE_TIMEOUT_MS, () => running.close());
  return isDrained && isClosed ? 0 : 1;
}

/** @returns false if the step failed; a timeout is not a failure */
async function step(
  name: 'drain' | 'close',
  logger: Logger,
  limitMs: number,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await within(work(), limitMs, () =>
      logger.warn({ step: name, limitMs }, 'some work did not end within shutdown.graceMs'),
    );
    return true;
  } catch (error) {
    logger.error({ err: error, step: name }, 'a step of the shutdown failed');
    return false;
  }
}

/** Before it serves, a stop loses no work, so a start that hangs gets the time limit of closing. */
const endStuckStart = (starting: Promise<RunningProcess>): Promise<RunningProcess> =>
  within(starting, CLOSE_TIMEOUT_MS, () => process.exit(0));

/** Signals within this time count as one: Ctrl-C arrives from the terminal, and again from the parent process. */
const SAME_PRESS_MS = 500;

function onStopSignal(stop: () => void): void {
  let pressedAt: number | undefined;
  const onSignal = () => {
    if (pressedAt !== undefined && performance.now() - pressedAt > SAME_PRESS_MS) process.exit(1);
    if (pressedAt === undefined) stop();
    pressedAt ??= performance.now();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

function refuseToStart(error: unknown): never {
  process.stderr.write(`${refusalText(error)}\n`);
  process.exit(1);
}
