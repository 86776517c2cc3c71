/** Where a process is in its life. One per process; health reads it, signals move it. */
export class Lifecycle {
  private readonly controller = new AbortController();

  /** True from the first moment of a shutdown: ready answers 503, no new work is taken. */
  get isDraining(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted when the shutdown begins. */
  get draining(): AbortSignal {
    return this.controller.signal;
  }

  beginDrain(): void {
    this.controller.abort();
  }
}
