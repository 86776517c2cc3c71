import type { Worker } from 'node:cluster';

/** Interval of a process's reports to its supervisor. */
export const REPORT_MS = 1_000;
/** Number of the supervisor's own turns without a report after which a process counts as stopped. */
const SILENT_TURNS = 10;

/**
 * Detects stopped processes: by a signal, or in an endless loop. It counts its own turns instead of the time, so that
 * processes do not count as stopped after the whole machine stood still.
 */
export class Heartbeats {
  private readonly silentTurns = new Map<Worker, number>();
  private readonly timer: NodeJS.Timeout;

  /** @param onStopped called once for each stopped process */
  constructor(private readonly onStopped: (worker: Worker) => void) {
    this.timer = setInterval(() => this.turn(), REPORT_MS).unref();
  }

  /** A process without any report is still starting, and not watched. */
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
