/** Counts of a worker since its last report. */
export interface WorkerReport {
  readonly evictions: number;
  readonly writeErrors: number;
  /** Why the last file could not be written. Absent: every file could. */
  readonly lastError?: string;
  /** Size of the folder. Absent: not measured. */
  readonly storeBytes?: number;
  /** Ends of the transforming process during a transformation. */
  readonly crashed: number;
  readonly timedOut: number;
}

/** Counts of a worker thread, which go to the main thread with each result. */
export class WorkerTally {
  evictions = 0;
  writeErrors = 0;
  lastError?: string;
  storeBytes?: number;
  crashed = 0;
  timedOut = 0;

  /** @returns the counts, which begin anew */
  take(): WorkerReport {
    const { evictions, writeErrors, lastError, storeBytes, crashed, timedOut } = this;
    this.evictions = this.writeErrors = this.crashed = this.timedOut = 0;
    this.lastError = undefined;
    return { evictions, writeErrors, lastError, storeBytes, crashed, timedOut };
  }
}
