/** Why a worker thread, or its transforming process, ended during a task. */
export type EndCause = 'crashed' | 'timed_out';

/** Counts of a worker since its last report. */
export interface WorkerReport {
  readonly evictions: number;
  readonly writeErrors: number;
  /** Why the last file could not be written. Absent: every file could. */
  readonly lastError?: string;
  /** Size of the folder. Absent: not measured. */
  readonly storeBytes?: number;
  /** Ends of the transforming process during a transformation. */
  readonly ends: Readonly<Record<EndCause, number>>;
}

/** Counts of a worker thread, which go to the main thread with each result. */
export class WorkerTally {
  evictions = 0;
  writeErrors = 0;
  lastError?: string;
  storeBytes?: number;
  ends = noEnds();

  /** @returns the counts, which begin anew */
  take(): WorkerReport {
    const { evictions, writeErrors, lastError, storeBytes, ends } = this;
    this.evictions = this.writeErrors = 0;
    this.lastError = undefined;
    this.ends = noEnds();
    return { evictions, writeErrors, lastError, storeBytes, ends };
  }
}

const noEnds = (): Record<EndCause, number> => ({ crashed: 0, timed_out: 0 });
