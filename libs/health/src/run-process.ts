import { StartupError } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import { Lifecycle } from './lifecycle.js';

/** A process at work. */
export interface RunningProcess {
  logger: Logger;
  /** How long {@link drain} may take. */
  graceMs: number;
  /** Takes no new work, and lets what runs end. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Closing takes no longer than this, whatever hangs. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Starts a process and sees it through to its end. A start that fails for a known reason prints that reason, and
 * nothing else, and exits with 1. SIGTERM and SIGINT drain, then exit with 0; a second one exits with 1 at once.
 */
export async function runProcess(start: (lifecycle: Lifecycle) => Promise<RunningProcess>): Promise<void> {
  const lifecycle = new Lifecycle();
  const stopped = Promise.withResolvers<void>();
  const onSignal = () => (lifecycle.isDraining ? process.exit(1) : (lifecycle.beginDrain(), stopped.resolve()));
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const running = await start(lifecycle).catch(refuseToStart);
  exitOnFault(running.logger);
  await stopped.promise;
  running.logger.info({}, 'shutting down: no new work is taken');
  await within(running.graceMs, running.drain(), () => running.logger.warn({ graceMs: running.graceMs }, 'not everything ended in time'));
  await within(CLOSE_TIMEOUT_MS, running.close(), () => running.logger.warn({}, 'closing took too long'));
  process.exit(0);
}

function refuseToStart(error: unknown): never {
  const text = error instanceof StartupError ? error.message : `Slipstream could not start: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** An error that nobody caught leaves the process in a state that nobody knows. */
function exitOnFault(logger: Logger): void {
  const end = (error: unknown) => {
    logger.fatal({ err: error }, 'unexpected error; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

async function within(limitMs: number, work: Promise<void>, onTimeout: () => void): Promise<void> {
  const timer = new Promise<'late'>((resolve) => setTimeout(resolve, limitMs, 'late').unref());
  if ((await Promise.race([work, timer])) === 'late') onTimeout();
}
