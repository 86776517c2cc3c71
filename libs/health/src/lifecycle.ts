/** State of a process in its life cycle. One per process: health reads it, signals change it. */
export class Lifecycle {
  private readonly controller = new AbortController();

  /** True from the start of a shutdown: ready answers 503, and no new work is accepted. */
  get isDraining(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted at the start of the shutdown. */
  get draining(): AbortSignal {
    return this.controller.signal;
  }

  beginDrain(): void {
    this.controller.abort();
  }
}
