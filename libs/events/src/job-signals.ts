/**
 * Publishes the cancellation of a job to all workers. Signals are not stored: a worker that misses one, or takes the
 * job later, finds the cancellation in the job.
 */
export interface JobSignals {
  /** @throws DependencyUnavailableError when the signal can't be sent */
  cancel(jobId: string): Promise<void>;

  /** @param listener must not throw @returns a function that unsubscribes */
  onCancel(listener: (jobId: string) => void): () => void;
}
