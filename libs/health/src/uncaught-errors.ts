import { endConnectionAtFault } from '@slipstream/http';
import type { Logger } from '@slipstream/telemetry';

/**
 * What came of an error that nobody caught. `contained`: it ended one connection. `fatal`: the process drains and ends.
 */
export type FaultOutcome = 'contained' | 'fatal';

export interface UncaughtErrorsOptions {
  logger: Logger;
  /** Told of each. */
  onFault?: (outcome: FaultOutcome) => void;
  /** Called once: the process must drain and end. */
  end: () => void;
}

/**
 * An error that was thrown in the scope of an open connection ends that connection: the request behind it is given up
 * as if its client had left, which every part is made to bear. Any other leaves the process in a state that nobody
 * knows, so the process takes no new work, lets what runs end, and exits.
 */
export function watchUncaughtErrors({ logger, onFault, end }: UncaughtErrorsOptions): void {
  let isEnding = false;
  const onError = (error: unknown): void => {
    if (endConnectionAtFault()) {
      logger.error(
        { err: error },
        'unexpected error while a request was served: its connection was closed, the process goes on; report the error with this line',
      );
      return onFault?.('contained');
    }
    logger.fatal(
      { err: error },
      'unexpected error outside any connection: the process drains and ends; report the error with this line',
    );
    if (isEnding) return;
    isEnding = true;
    onFault?.('fatal');
    end();
  };
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
}
