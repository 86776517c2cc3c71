import type { Backend } from '../backend.js';
import type { Ejection } from '../outliers/ejection.js';
import type { Load, Member } from './member.js';

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
  readonly trial?: Ejection;
}

/** How a lease ended. */
export interface LeaseEnd {
  readonly outcome: LeaseOutcome;
  /** Whether an answer came before, and what it counted as. */
  readonly answer: 'none' | 'good' | 'error';
  /** The trial of which it was the request, if it was one. */
  readonly trial?: Ejection;
}

/** Receives what becomes of a lease. */
export interface LeaseListener {
  onAnswered(member: Member, answer: LeaseAnswer): void;
  onReleased(member: Member, terms: LeaseTerms, end: LeaseEnd): void;
}

/** One request's place at a backend. */
export class Lease {
  private answer: LeaseEnd['answer'] = 'none';
  private isReleased = false;
  /** Of which it is the request; undefined when its backend was not on trial. */
  private readonly trial?: Ejection;

  constructor(
    private readonly member: Member,
    private readonly terms: LeaseTerms,
    private readonly listener: LeaseListener,
    private readonly now: () => number,
  ) {
    member.own[terms.kind] += 1;
    if (member.ejection.state === 'half-open') this.trial = member.trialUnderWay = member.ejection;
  }

  get backend(): Backend {
    return this.member.backend;
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
    this.listener.onAnswered(this.member, { status, isError, latencyMs, atMs: nowMs, trial: this.trial });
    return nowMs;
  }

  /** An informational answer has come: the request goes on. */
  informed(): void {
    this.member.answers[0]! += 1;
  }

  /** Gives the place back; calling it again does nothing. */
  release(outcome: LeaseOutcome = 'ok'): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.member.own[this.terms.kind] -= 1;
    if (this.trial && this.member.trialUnderWay === this.trial) this.member.trialUnderWay = undefined;
    this.listener.onReleased(this.member, this.terms, { outcome, answer: this.answer, trial: this.trial });
  }
}
