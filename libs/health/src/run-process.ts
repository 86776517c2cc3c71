import { StartupError, within } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import { Lifecycle } from './lifecycle.js';
import { watchUncaughtErrors, type FaultOutcome } from './uncaught-errors.js';

/** A process at work. */
export interface RunningProcess {
  logger: Logger;
  /** How long {@link drain} may take. */
  graceMs: number;
  /**
   * The same after an unexpected error. Default: at most 5 s, because nothing else serves until the process was started
   * again.
   */
  faultGraceMs?: number;
  /** Takes no new work, and lets what runs end. */
  drain(): Promise<void>;
  close(): Promise<void>;
  /** Reads the configuration again, at each SIGHUP. */
  reload?: () => unknown;
  /** Told of each error that nobody caught. */
  onFault?: (outcome: FaultOutcome) => void;
}

/** Exit code of a process that ended because of an unexpected error (EX_SOFTWARE of sysexits.h): start it again. */
export const FAULT_EXIT_CODE = 70;
const FAULT_GRACE_MS = 5000;

/** Closing takes no longer than this, whatever hangs. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Starts a process and sees it through to its end. A start that fails for a known reason prints that reason, and
 * nothing else, and exits with 1. SIGTERM and SIGINT drain, then exit with 0; a later one exits with 1 at once. An
 * error that nobody caught ends one connection, or drains the process, which then exits with {@link FAULT_EXIT_CODE}.
 * SIGHUP reloads the configuration and ends nothing, not even a start.
 */
export async function runProcess(start: (lifecycle: Lifecycle) => Promise<RunningProcess>): Promise<void> {
  const lifecycle = new Lifecycle();
  const stopped = Promise.withResolvers<'asked' | 'fault'>();
  const stop = (reason: 'asked' | 'fault') => {
    lifecycle.beginDrain();
    stopped.resolve(reason);
  };
  onStopSignal(() => stop('asked'));
  const starting = start(lifecycle).catch(refuseToStart);
  process.on('SIGHUP', () => void starting.then((running) => running.reload?.()));
  void stopped.promise.then(() => endStuckStart(starting));
  const running = await starting;
  watchUncaughtErrors({
    logger: running.logger,
    onFault: (outcome) => running.onFault?.(outcome),
    end: () => stop('fault'),
  });
  process.exit((await stopped.promise) === 'asked' ? await shutDown(running) : await endAfterFault(running));
}

async function endAfterFault(running: RunningProcess): Promise<number> {
  const { graceMs, faultGraceMs = Math.min(graceMs, FAULT_GRACE_MS) } = running;
  await shutDown({
    logger: running.logger,
    graceMs: faultGraceMs,
    drain: () => running.drain(),
    close: () => running.close(),
  });
  return FAULT_EXIT_CODE;
}

/** Each step has its time and its own failure: what can't be drained is closed all the same. @returns the exit code */
async function shutDown(running: RunningProcess): Promise<0 | 1> {
  const { logger, graceMs } = running;
  logger.info({}, 'shutting down: no new work is taken');
  const isDrained = await step('drain', logger, graceMs, () => running.drain());
  const isClosed = await step('close', logger, CLOSE_TIMEOUT_MS, () => running.close());
  return isDrained && isClosed ? 0 : 1;
}

/** @returns false when the step failed; running out of time is an ordinary end */
async function step(
  name: 'drain' | 'close',
  logger: Logger,
  limitMs: number,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await within(work(), limitMs, () => logger.warn({ step: name, limitMs }, 'not everything ended in time'));
    return true;
  } catch (error) {
    logger.error({ err: error, step: name }, 'a step of the shutdown failed');
    return false;
  }
}

/** Stopped before it serves, nothing can be lost: a start that hangs is given no longer than a close. */
const endStuckStart = (starting: Promise<RunningProcess>): Promise<RunningProcess> =>
  within(starting, CLOSE_TIMEOUT_MS, () => process.exit(0));

/**
 * Signals so close together are one: Ctrl-C reaches the process from the terminal, and again from whatever started it.
 */
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
  const text =
    error instanceof StartupError
      ? error.message
      : `Slipstream could not start: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
