import type { JobSignals } from '../job-signals.js';

/** Signals within this process. */
export class MemoryJobSignals implements JobSignals {
  private readonly listeners = new Map<symbol, (jobId: string) => void>();

  cancel(jobId: string): Promise<void> {
    for (const listener of this.listeners.values()) listener(jobId);
    return Promise.resolve();
  }

  onCancel(listener: (jobId: string) => void): () => void {
    const key = Symbol();
    this.listeners.set(key, listener);
    return () => void this.listeners.delete(key);
  }
}
