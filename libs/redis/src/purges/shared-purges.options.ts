import type { Logger } from '@slipstream/contracts';

/** Options of `SharedPurges`. */
export interface SharedPurgesOptions {
  /** Prefix of the log's keys and channels. All processes with the same prefix share one log. */
  prefix: string;
  /**
   * Time for which values in Redis are not used after a lost connection in the same epoch, so that other processes can
   * send pending purges. Default 5000: longer than their reconnect takes.
   */
  distrustMs?: number;
  /** Time for a message to reach the processes, measured by this one's heartbeats. */
  onLag?: (ms: number) => void;
  logger: Logger;
}
