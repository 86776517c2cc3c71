import type { Duplex } from 'node:stream';
import { isLocalExhaustion, type Lease, type LeaseOutcome } from '@slipstream/balancer';
import type { Span } from '@slipstream/contracts';
import type { RawHeaders, Receiver } from '@slipstream/http';
import type { ExchangeListener, Outcome } from './exchange.js';
import { isRefusedHere, isUnreachable } from './failures.js';

/** Receives the events of the tries of one request. */
export interface TryListener {
  /** @returns the receiver of the answer */
  onHead(attempt: Try, statusCode: number, headers: string[]): Receiver;
  onSwitched(attempt: Try, headers: RawHeaders, socket: Duplex): void;
  onOutcome(attempt: Try, outcome: Outcome): void;
  onEndFailed(attempt: Try, error: unknown): void;
}

/** One try at one backend. */
export class Try implements ExchangeListener {
  statusCode?: number;
  /** Whether its answer is held while other backends are tried. Its end does not end the request. */
  isHeld = false;

  constructor(
    private readonly listener: TryListener,
    readonly lease: Lease,
    readonly startedAtMs: number,
    readonly span?: Span,
  ) {}

  get backend(): string {
    return this.lease.backend.url;
  }

  onInformation(): void {
    this.lease.informed();
  }

  onHead(statusCode: number, headers: string[]): Receiver {
    this.statusCode = statusCode;
    return this.listener.onHead(this, statusCode, headers);
  }

  onSwitched(headers: RawHeaders, socket: Duplex): void {
    this.listener.onSwitched(this, headers, socket);
  }

  onOutcome(outcome: Outcome): void {
    this.listener.onOutcome(this, outcome);
  }

  onEndFailed(error: unknown): void {
    this.listener.onEndFailed(this, error);
  }
}

/** Returns the effect of a try on the health of the backend. */
export function blameOf(outcome: Outcome): LeaseOutcome {
  if (outcome.type === 'client-left') return outcome.violation === undefined ? 'ok' : 'failed';
  if (outcome.type === 'truncated') return isLocalExhaustion(outcome.cause) ? 'ok' : 'failed';
  if (outcome.type !== 'failed' || isRefusedHere(outcome.error) || isLocalExhaustion(outcome.error)) return 'ok';
  return !outcome.wasSent && isUnreachable(outcome.error) ? 'unreachable' : 'failed';
}
