import type { Backend } from '../backend.js';
import { ADMITTED, type Ejection } from '../outliers/ejection.js';
import { emptyWindow, type FailureWindow } from '../outliers/failure-window.js';
import type { Candidate } from '../strategies/strategy.js';
import { LatencyHistogram } from './latency-histogram.js';
import { PeakEwma } from './peak-ewma.js';

/** A backend in its pool: what it is, what it is doing, and how it has done. */
export class Member implements Candidate {
  readonly id: string;
  /** Requests that it answers for this process. */
  ownConnections = 0;
  /** Requests that it answers for others, as they last said. */
  otherConnections = 0;
  /** Its weight, less while it starts slowly. */
  weight: number;
  /** When it recovered, while it starts slowly. */
  recoveredAtMs?: number;
  ejection: Ejection = ADMITTED;
  errorsInARow = 0;
  window: FailureWindow;
  readonly latency = new PeakEwma();

  /** Answers by the hundred of their status, from 1xx at 0; what ended without one at 5. */
  readonly answers = [0, 0, 0, 0, 0, 0];
  /** From the pick to the answer's headers. */
  readonly latencies = new LatencyHistogram();
  ejections = 0;
  retries = 0;

  constructor(
    public backend: Backend,
    nowMs: number,
  ) {
    this.id = backend.url;
    this.weight = backend.weight;
    this.window = emptyWindow(nowMs);
  }

  get connections(): number {
    return this.ownConnections + this.otherConnections;
  }

  get latencyMs(): number {
    return this.latency.latencyMs;
  }
}
