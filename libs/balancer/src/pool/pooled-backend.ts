import { DurationHistogram } from '@slipstream/telemetry';
import type { Backend } from '../backend.js';
import { ADMITTED, type Ejection } from '../outliers/ejection.js';
import { emptyWindow, type FailureWindow } from '../outliers/failure-window.js';
import type { Candidate } from '../strategies/strategy.js';
import { PeakEwma } from './peak-ewma.js';

/** Load of a backend. */
export interface Load {
  /** Requests without a complete answer. */
  requests: number;
  /** WebSockets. Most are idle, so they are balanced among themselves and do not count as requests. */
  sessions: number;
}

/** A pooled backend as a candidate for a new session. */
export class SessionCandidate implements Candidate {
  constructor(readonly pooled: PooledBackend) {}

  get id(): string {
    return this.pooled.id;
  }

  get weight(): number {
    return this.pooled.weight;
  }

  get connections(): number {
    return this.pooled.own.sessions + this.pooled.other.sessions;
  }

  get latencyMs(): number {
    return this.pooled.latencyMs;
  }
}

/** A backend in its pool: settings, load, and the record of its answers. */
export class PooledBackend implements Candidate {
  readonly id: string;
  /** Load from this process. */
  readonly own: Load = { requests: 0, sessions: 0 };
  /** Load from other processes, by their latest reports. */
  other: Readonly<Load> = { requests: 0, sessions: 0 };
  /** Current weight, which is lower during a slow start. */
  weight: number;
  /** Time of its recovery, during a slow start. */
  recoveredAtMs?: number;
  ejection: Ejection = ADMITTED;
  /** The half-open state whose request is running. */
  runningHalfOpen?: Ejection;
  errorsInARow = 0;
  window: FailureWindow;
  readonly latency = new PeakEwma();
  readonly asSession = new SessionCandidate(this);
  /** The result of a pick; kept, so that no pick allocates it. */
  readonly chosen: Readonly<{ type: 'chosen'; pooled: PooledBackend }> = { type: 'chosen', pooled: this };

  /** Answers by the hundred of their status, 1xx at 0. Requests that ended without an answer are counted at 5. */
  readonly answers = [0, 0, 0, 0, 0, 0];
  /** Durations from the pick to the head of the answer. */
  readonly latencies = new DurationHistogram();
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
    return this.own.requests + this.other.requests;
  }

  get latencyMs(): number {
    return this.latency.latencyMs;
  }
}
