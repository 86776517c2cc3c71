import type { Backend } from '../backend.js';
import type { Ejection } from '../outliers/ejection.js';
import type { Load, PooledBackend } from './pooled-backend.js';

/** How a request ended, as far as that tells of the backend. */
export type LeaseOutcome =
  /** Nothing against it: it answered, or it was not its fault. */
  | 'ok'
  /** It was not there: no connection could be made. It gets no more requests until a check passes. */
  | 'unreachable'
  /** It broke off, kept silent, or answered with no HTTP. */
  | 'failed';

/** What a lease is for. */
export interface LeaseTerms {
  /** What it counts as, from now to its release. */
  readonly kind: keyof Load;
  /** Whose request it is. */
  readonly client: string;
  /** When the backend was picked, on the balancer's clock. */
  readonly startedAtMs: number;
}

/** The head of an answer. */
export interface LeaseAnswer {
  readonly status: number;
  /** Whether it counts as an error of the backend. */
  readonly isError: boolean;
  readonly latencyMs: number;
  /** When it arrived, on the balancer's clock. */
  readonly atMs: number;
  /** The trial of which it was the request, if it was one. */
  readonly halfOpen?: Ejection;
}

/** How a lease ended. */
export interface LeaseEnd {
  readonly outcome: LeaseOutcome;
  /** Whether an answer came before, and what it counted as. */
  readonly answer: 'none' | 'good' | 'error';
  /** The trial of which it was the request, if it was one. */
  readonly halfOpen?: Ejection;
}

/** Receives what becomes of a lease. */
export interface LeaseListener {
  onAnswered(pooled: PooledBackend, answer: LeaseAnswer): void;
  onReleased(pooled: PooledBackend, terms: LeaseTerms, end: LeaseEnd): void;
}

/** One request's place at a backend. */
export class Lease {
  private answer: LeaseEnd['answer'] = 'none';
  private isReleased = false;
  /** Of which it is the request; undefined when its backend was not on trial. */
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

  /** When the backend was picked, on the balancer's clock. */
  get startedAtMs(): number {
    return this.terms.startedAtMs;
  }

  /**
   * The header of its answer has arrived. Further calls have no effect.
   *
   * @param isError whether it counts as an error of the backend
   * @returns when, on the balancer's clock
   */
  answered(status: number, isError = status >= 500): number {
    const nowMs = this.now();
    if (this.answer !== 'none' || this.isReleased) return nowMs;
    this.answer = isError ? 'error' : 'good';
    const latencyMs = nowMs - this.terms.startedAtMs;
    this.listener.onAnswered(this.pooled, { status, isError, latencyMs, atMs: nowMs, halfOpen: this.halfOpen });
    return nowMs;
  }

  /** An informational answer has come: the request goes on. */
  informed(): void {
    this.pooled.answers[0]! += 1;
  }

  /** Gives the place back; calling it again does nothing. */
  release(outcome: LeaseOutcome = 'ok'): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.pooled.own[this.terms.kind] -= 1;
    if (this.halfOpen && this.pooled.runningHalfOpen === this.halfOpen) this.pooled.runningHalfOpen = undefined;
    this.listener.onReleased(this.pooled, this.terms, { outcome, answer: this.answer, halfOpen: this.halfOpen });
  }
}
