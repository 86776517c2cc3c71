import type { Logger } from '@slipstream/contracts';

/** Options of `SharedPurges`. */
export interface SharedPurgesOptions {
  /** Begins the names of the log and its channels. Every process with the same prefix shares one log. */
  prefix: string;
  /**
   * How long, after a lost connection to a Redis whose epoch goes on, nothing in it is trusted, so that other processes
   * can make up for the purges that they couldn't send. Default 5000: longer than they take to connect again.
   */
  distrustMs?: number;
  /** How long a message takes to reach the processes, as measured by this one's heartbeats. */
  onLag?: (ms: number) => void;
  logger: Logger;
}
