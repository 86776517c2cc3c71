import type { Backend } from '../backend.js';
import type { Ejection } from '../outliers/ejection.js';
import type { Load, PooledBackend } from './pooled-backend.js';

/** End of a request, as far as it concerns the health of the backend. */
export type LeaseOutcome =
  /** Nothing counts against the backend. */
  | 'ok'
  /** No connection could be made. The backend gets no more requests until a check passes. */
  | 'unreachable'
  /** The backend broke off, timed out, or did not answer with HTTP. */
  | 'failed';

/** Purpose of a lease. */
export interface LeaseTerms {
  /** Kind of load that it counts as until its release. */
  readonly kind: keyof Load;
  /** Client that sent the request. */
  readonly client: string;
  /** When the backend was picked, on the balancer's clock. */
  readonly startedAtMs: number;
}

/** The head of an answer. */
export interface LeaseAnswer {
  readonly status: number;
  /** Whether the answer counts as an error of the backend. */
  readonly isError: boolean;
  readonly latencyMs: number;
  /** Time of its arrival, on the balancer's clock. */
  readonly atMs: number;
  /** The half-open state that this request decides. Absent for all other requests. */
  readonly halfOpen?: Ejection;
}

/** End of a lease. */
export interface LeaseEnd {
  readonly outcome: LeaseOutcome;
  /** Whether an answer came before the end, and how it counted. */
  readonly answer: 'none' | 'good' | 'error';
  /** The half-open state that this request decides. Absent for all other requests. */
  readonly halfOpen?: Ejection;
}

/** Receives the events of a lease. */
export interface LeaseListener {
  onAnswered(pooled: PooledBackend, answer: LeaseAnswer): void;
  onReleased(pooled: PooledBackend, terms: LeaseTerms, end: LeaseEnd): void;
}

/** One request's place at a backend. */
export class Lease {
  private answer: LeaseEnd['answer'] = 'none';
  private isReleased = false;
  /** The half-open state that this request decides. Absent for all other requests. */
  private readonly halfOpen?: Ejection;

  constructor(
    private readonly pooled: PooledBackend,
    private readonly terms: LeaseTerms,
    private readonly listener: LeaseListener,
    private readonly now: () => number,
  ) {
    pooled.own[terms.kind] += 1;
    if (pooled.ejection.state === 'half-open') this.halfOpen = pooled.runningHalfOpen = pooled.ejection;
  }

  get backend(): Backend {
    return this.pooled.backend;
  }

  /** Time of the pick, on the balancer's clock. */
  get startedAtMs(): number {
    return this.terms.startedAtMs;
  }

  /**
   * Records that the head of the answer has arrived. Further calls have no effect.
   *
   * @param isError whether it counts as an error of the backend
   * @returns the time, on the balancer's clock
   */
  answered(status: number, isError = status >= 500): number {
    const nowMs = this.now();
    if (this.answer !== 'none' || this.isReleased) return nowMs;
    this.answer = isError ? 'error' : 'good';
    const latencyMs = nowMs - this.terms.startedAtMs;
    this.listener.onAnswered(this.pooled, { status, isError, latencyMs, atMs: nowMs, halfOpen: this.halfOpen });
    return nowMs;
  }

  /** Counts an informational answer. The request goes on. */
  informed(): void {
    this.pooled.answers[0]! += 1;
  }

  /** Releases the place. Further calls have no effect. */
  release(outcome: LeaseOutcome = 'ok'): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.pooled.own[this.terms.kind] -= 1;
    if (this.halfOpen && this.pooled.runningHalfOpen === this.halfOpen) this.pooled.runningHalfOpen = undefined;
    this.listener.onReleased(this.pooled, this.terms, { outcome, answer: this.answer, halfOpen: this.halfOpen });
  }
}
