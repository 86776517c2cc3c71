import { endConnectionInScope } from '@slipstream/http';
import type { Logger } from '@slipstream/telemetry';

/** Outcome of an uncaught error. `contained`: it ended one connection. `fatal`: the process drains and ends. */
export type UncaughtErrorOutcome = 'contained' | 'fatal';

export interface UncaughtErrorsOptions {
  logger: Logger;
  /** Called for each error. */
  onUncaughtError?: (outcome: UncaughtErrorOutcome) => void;
  /** Called once: the process must drain and end. */
  end: () => void;
}

/**
 * An error that was thrown in the scope of an open connection ends that connection. Its request is aborted as if the
 * client had left, which every part handles. After any other error the state of the process is undefined. The process
 * then accepts no new work, waits for running work, and exits.
 */
export function watchUncaughtErrors({ logger, onUncaughtError, end }: UncaughtErrorsOptions): void {
  let isEnding = false;
  const onError = (error: unknown): void => {
    if (endConnectionInScope()) {
      logger.error(
        { err: error },
        'unexpected error during a request: its connection was closed, and the process continues; report the ' +
          'error with this line',
      );
      return onUncaughtError?.('contained');
    }
    logger.fatal(
      { err: error },
      'unexpected error outside any connection: the process drains and ends; report the error with this line',
    );
    if (isEnding) return;
    isEnding = true;
    onUncaughtError?.('fatal');
    end();
  };
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
}
