import { DurationHistogram } from '@slipstream/telemetry';
import type { Backend } from '../backend.js';
import { ADMITTED, type Ejection } from '../outliers/ejection.js';
import { emptyWindow, type FailureWindow } from '../outliers/failure-window.js';
import type { Candidate } from '../strategies/strategy.js';
import { PeakEwma } from './peak-ewma.js';

/** What a backend has under way. */
export interface Load {
  /** Requests that are being answered. */
  requests: number;
  /** WebSockets: mostly idle, so they are shared out evenly among themselves, and weigh nothing beside requests. */
  sessions: number;
}

/** A member as a choice for a new session sees it. */
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

/** A backend in its pool: its settings, its load, and the record of its answers. */
export class PooledBackend implements Candidate {
  readonly id: string;
  /** Its load from this process. */
  readonly own: Load = { requests: 0, sessions: 0 };
  /** Its load from other processes, as they last reported. */
  other: Readonly<Load> = { requests: 0, sessions: 0 };
  /** Its weight, less while it starts slowly. */
  weight: number;
  /** When it recovered, while it starts slowly. */
  recoveredAtMs?: number;
  ejection: Ejection = ADMITTED;
  /** The trial whose request is under way. */
  runningHalfOpen?: Ejection;
  errorsInARow = 0;
  window: FailureWindow;
  readonly latency = new PeakEwma();
  readonly asSession = new SessionCandidate(this);
  /** The choice of this member; kept, so that no pick allocates it. */
  readonly chosen: Readonly<{ type: 'chosen'; pooled: PooledBackend }> = { type: 'chosen', pooled: this };

  /** Answers by the hundred of their status, from 1xx at 0; what ended without one at 5. */
  readonly answers = [0, 0, 0, 0, 0, 0];
  /** From the pick to the answer's headers. */
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
