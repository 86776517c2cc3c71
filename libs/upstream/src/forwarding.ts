import { Readable, type Duplex } from 'node:stream';
import {
  NoHealthyBackendsError,
  type Lease,
  type LeaseOutcome,
  type PickOptions,
  type PickResult,
} from '@slipstream/balancer';
import { messageOf, type SlipstreamError } from '@slipstream/contracts';
import { logIds, type RawHeaders, type Receiver } from '@slipstream/http';
import { Exchange, type Outcome } from './exchange.js';
import type { ForwardedRequest } from './forwarded-request.js';
import { HeldAnswer } from './held-answer.js';
import type { NextTry } from './next-try.js';
import { blameOf, Try, type TryListener } from './try.js';
import { beginTrySpan, endOfTry, withTraceparent } from './try-span.js';
import type { ForwardingPorts } from './upstream-options.js';

const NONE: readonly string[] = [];

/** Sends one request to a backend, and to further ones where that is safe. */
export class Forwarding implements TryListener {
  private readonly tried: string[] = [];
  private tries = 0;
  private next?: NextTry;
  private failure?: SlipstreamError;
  /** The answer that is passed on if no other backend answers better. */
  private held?: HeldAnswer;

  constructor(
    private readonly ports: ForwardingPorts,
    private readonly request: ForwardedRequest,
  ) {}

  begin(): void {
    this.ports.retryBudget.deposit();
    if (this.request.receiver.isGone) this.dropUpload();
    else this.seekBackend();
  }

  private seekBackend(): void {
    try {
      const result = this.pick();
      if (result.type === 'picked') this.send(result.lease);
      else if (this.held) this.passHeld(this.held);
      else if (result.type === 'none-healthy') this.refuse(this.failureWithoutBackend());
      else this.wait();
    } catch (error) {
      this.conclude(error);
    }
  }

  private pick(): PickResult {
    const { balancer } = this.ports;
    const { pickOptions, avoid = NONE } = this.request;
    if (this.tries > 0) {
      const other = this.pickExcept(this.tried, pickOptions);
      return other.type === 'none-healthy' && this.next !== 'another' ? balancer.tryPick(pickOptions) : other;
    }
    if (avoid.length === 0) return balancer.tryPick(pickOptions);
    const preferred = this.pickExcept(avoid, { ...pickOptions, stickTo: undefined });
    return preferred.type === 'none-healthy' ? balancer.tryPick(pickOptions) : preferred;
  }

  private pickExcept(urls: readonly string[], options: PickOptions): PickResult {
    const { accepts } = options;
    return this.ports.balancer.tryPick({
      ...options,
      accepts: (backend) => !urls.includes(backend.url) && accepts?.(backend) !== false,
    });
  }

  /** If the last try failed and no other backend is left, its failure is more specific. */
  private failureWithoutBackend(): unknown {
    return this.next === 'another' ? this.failure : new NoHealthyBackendsError(this.ports.balancer.name);
  }

  private wait(): void {
    const { receiver, pickOptions, timeline, span } = this.request;
    timeline?.enter('queue');
    const waiting = span?.child({ name: `wait for a backend of ${this.ports.balancer.name}`, kind: 'internal' });
    const served = (next: () => void): void => {
      waiting?.end();
      receiver.onGone = undefined;
      next();
    };
    const leave = this.ports.balancer.wait(
      pickOptions,
      (lease) => served(() => this.send(lease)),
      (error) => served(() => this.refuse(error)),
    );
    receiver.onGone = () => {
      waiting?.end();
      leave();
      this.dropUpload();
    };
  }

  private send(lease: Lease): void {
    this.tries += 1;
    const { backend } = lease;
    if (this.tries > 1) this.ports.balancer.countRetry(backend.url);
    this.request.onSent?.(backend.url);
    this.request.timeline?.sentTo(backend.url, lease.startedAtMs);
    const startedAtMs = this.request.onTried ? performance.now() : 0;
    const span = beginTrySpan(this.request, backend.url, this.tries);
    const exchange = new Exchange(this.request, this.ports, new Try(this, lease, startedAtMs, span));
    const target = this.ports.targets.to(backend);
    const { method, url, headers, body, join, headersTimeoutMs = this.ports.headersTimeoutMs } = this.request;
    const message = {
      method,
      path: target.pathOf(url),
      headers: target.headersOf(span ? withTraceparent(headers, span) : headers),
      body,
      upgrade: join ? ('websocket' as const) : null,
      headersTimeoutMs,
    };
    try {
      target.connections.dispatch(message, exchange);
    } catch (error) {
      exchange.onError(error as Error, { wasSent: false });
    }
  }

  onHead(attempt: Try, statusCode: number, headers: string[]): Receiver {
    const { isError, isDeclined } = this.ports;
    const { lease, backend } = attempt;
    const atMs = lease.answered(statusCode, isError(statusCode));
    if (isDeclined?.(statusCode)) {
      attempt.isHeld = true;
      return new HeldAnswer(backend, this.onHeld);
    }
    this.dropHeld();
    this.request.timeline?.headCame(atMs);
    this.request.onHead?.(backend, statusCode, headers);
    return this.request.receiver;
  }

  onSwitched({ backend }: Try, headers: RawHeaders, socket: Duplex): void {
    this.request.join?.(headers, socket, backend);
  }

  private readonly onHeld = (answer: HeldAnswer): void => {
    this.dropHeld();
    if (this.request.receiver.isGone) return answer.drop();
    this.held = answer;
    this.tried.push(answer.backend);
    this.next = 'another';
    if (this.tries < this.ports.maxTries && this.ports.retryBudget.withdraw()) this.seekBackend();
    else this.passHeld(answer);
  };

  private passHeld(answer: HeldAnswer): void {
    this.held = undefined;
    this.request.timeline?.headCame();
    this.request.onHead?.(answer.backend, answer.statusCode, answer.headers);
    answer.passTo(this.request.receiver);
  }

  private dropHeld(): void {
    this.held?.drop();
    this.held = undefined;
  }

  onOutcome(attempt: Try, outcome: Outcome): void {
    const blame = blameOf(outcome);
    attempt.lease.release(blame);
    attempt.span?.end(endOfTry(outcome, blame, attempt.statusCode));
    this.report(attempt, outcome, blame);
    const { backend } = attempt;
    if (outcome.type === 'failed') return this.onFailure(backend, outcome.error, outcome.wasSent);
    if (attempt.isHeld) return;
    if (outcome.type === 'client-left') this.dropHeld();
    this.dropUpload(); // an answer may come before the end of the upload, and nothing else reads the rest
    if (outcome.type === 'truncated') {
      this.ports.logger.warn(
        { backend, ...logIds(this.request), reason: messageOf(outcome.cause) },
        "the backend closed the connection within its answer, and the client's connection was closed too",
      );
    }
  }

  onEndFailed({ backend }: Try, err: unknown): void {
    this.ports.logger.warn(
      { backend, ...logIds(this.request), err },
      "an answer failed unexpectedly at its end; its client's connection was closed; report the error with this line",
    );
    this.ports.onUncaughtError?.();
  }

  private report(attempt: Try, outcome: Outcome, blame: LeaseOutcome): void {
    this.request.onTried?.({
      backend: attempt.backend,
      statusCode: attempt.statusCode,
      outcome: blame,
      isAbandoned: outcome.type === 'client-left',
      seconds: (performance.now() - attempt.startedAtMs) / 1000,
    });
  }

  private onFailure(backend: string, error: unknown, wasSent: boolean): void {
    const { method, body } = this.request;
    const { toError, maxTries, retryBudget } = this.ports;
    this.failure = toError(backend, error);
    this.tried.push(backend);
    this.next = this.ports.nextTry({
      error,
      wasSent,
      method,
      isReplayable: !(body instanceof Readable),
      tries: this.tries,
      maxTries,
      wasResent: this.next === 'any',
    });
    if (this.next !== 'none' && retryBudget.withdraw()) this.seekBackend();
    else this.conclude(this.failure);
  }

  /** A backend's own answer is more specific than the failure of another backend. */
  private conclude(error: unknown): void {
    if (this.held) this.passHeld(this.held);
    else this.refuse(error);
  }

  private refuse(error: unknown): void {
    const { receiver, timeline } = this.request;
    const { balancer, logger, toError } = this.ports;
    const refusal = toError('', error);
    this.dropUpload();
    timeline?.enter('client');
    logger.warn(
      { ...refusal.context, code: refusal.code, ...logIds(this.request) },
      `${balancer.name} request refused`,
    );
    receiver.refuse(refusal);
  }

  private dropUpload(): void {
    const { body } = this.request;
    if (body instanceof Readable) body.destroy();
  }
}
