import type { Worker } from 'node:cluster';

/** How often a process reports to its supervisor. */
export const REPORT_MS = 1_000;
/** A process that has not reported for so many of the supervisor's own turns has stopped. */
const SILENT_TURNS = 10;

/**
 * Finds processes that have stopped: by a signal, or in a loop that never ends. It counts its own turns, not the time,
 * so that processes are not taken for stopped after the whole machine stood still.
 */
export class SignsOfLife {
  private readonly silentTurns = new Map<Worker, number>();
  private readonly timer: NodeJS.Timeout;

  /** @param onStopped called once for each process that has stopped */
  constructor(private readonly onStopped: (worker: Worker) => void) {
    this.timer = setInterval(() => this.turn(), REPORT_MS).unref();
  }

  /** A process that has never been seen is still starting, and not watched. */
  seen(worker: Worker): void {
    if (!this.silentTurns.has(worker)) worker.once('exit', () => this.silentTurns.delete(worker));
    this.silentTurns.set(worker, 0);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    for (const [worker, turns] of this.silentTurns) {
      this.silentTurns.set(worker, turns + 1);
      if (turns + 1 === SILENT_TURNS) this.onStopped(worker);
    }
  }
}
