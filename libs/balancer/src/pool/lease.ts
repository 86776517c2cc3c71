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

/** Who is told of what becomes of a lease. */
export interface LeaseListener {
  /** @param trial of which it was the request, if it was one */
  onAnswered(member: Member, answer: { status: number; latencyMs: number; trial?: Ejection }): void;
  /** @param trial of which it was the request, if it was one */
  onReleased(member: Member, terms: LeaseTerms, outcome: LeaseOutcome, trial?: Ejection): void;
}

/** One request's place at a backend. */
export class Lease {
  private isAnswered = false;
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
    if (member.ejection.state === 'trial') this.trial = member.trialUnderWay = member.ejection;
  }

  get backend(): Backend {
    return this.member.backend;
  }

  /** The headers of its answer have come. @param status of the answer */
  answered(status: number): void {
    if (this.isAnswered || this.isReleased) return;
    this.isAnswered = true;
    this.listener.onAnswered(this.member, {
      status,
      latencyMs: this.now() - this.terms.startedAtMs,
      trial: this.trial,
    });
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
    this.listener.onReleased(this.member, this.terms, outcome, this.trial);
  }
}
