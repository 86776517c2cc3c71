/**
 * Tells every worker that a job was cancelled, now. Nothing is kept: a worker that is away, or takes the job up later,
 * finds the cancellation in the job itself.
 */
export interface JobSignals {
  /** @throws DependencyUnavailableError when the signal can't be sent */
  cancel(jobId: string): Promise<void>;

  /** @param listener must not throw @returns a function that stops listening */
  onCancel(listener: (jobId: string) => void): () => void;
}
