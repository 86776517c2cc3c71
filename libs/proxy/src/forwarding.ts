import type { Duplex, Readable } from 'node:stream';
import {
  isOwnFault,
  type Lease,
  type LeaseOutcome,
  type LoadBalancer,
  type PickOptions,
  type RetryBudget,
} from '@slipstream/balancer';
import { messageOf, type SlipstreamError } from '@slipstream/contracts';
import type { RawHeaders } from '@slipstream/http';
import type { BackendConnections } from './backend-connections.js';
import { Exchange, type Outcome } from './exchange.js';
import type { Logger } from './logger.port.js';
import { nextTry, type NextTry } from './next-try.js';
import { isNobodyThere, isRefusedHere, toProxyError } from './proxy-errors.js';
import type { Receiver } from './receiver.port.js';
import type { RequestBody } from './replayable-body.js';
import { hostFor, withHost, type UpstreamHost } from './upstream-host.js';

/** What every request is forwarded by. */
export interface ForwardingPorts {
  balancer: LoadBalancer;
  connections: BackendConnections;
  retryBudget: RetryBudget;
  maxTries: number;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
  /** What Host says to backends. Default `preserve`. */
  host?: UpstreamHost;
  logger: Logger;
}

/** One request. */
export interface ForwardedRequest {
  method: string;
  receiver: Receiver;
  requestId: string;
  /** Path and query. */
  url: string;
  /** What the backend is sent. */
  headers: RawHeaders;
  body: RequestBody;
  /** What it asks of its backend. */
  wishes: PickOptions;
  /** URLs of backends that are asked last. Default: none. */
  avoid?: readonly string[];
  /** A backend is being asked. */
  onSent?: (backend: string) => void;
  /** The answer's head is here; may add fields. */
  onHead: (backend: string, statusCode: number, headers: string[]) => void;
  /** Of a WebSocket handshake. */
  webSocketKey?: string;
  /** Makes it a WebSocket handshake: joins the client to the backend that agrees. */
  join?: (headers: RawHeaders, backend: Duplex, url: string) => void;
}

/** One request on its way to a backend, and to another one where that is safe. */
export class Forwarding {
  private readonly tried: string[] = [];
  private tries = 0;
  private next?: NextTry;
  private failure?: SlipstreamError;

  constructor(
    private readonly ports: ForwardingPorts,
    private readonly asked: ForwardedRequest,
  ) {}

  begin(): void {
    this.ports.retryBudget.deposit();
    if (this.asked.receiver.isGone) this.dropUpload();
    else this.seekBackend();
  }

  private seekBackend(): void {
    try {
      const lease = this.pick();
      if (lease) this.send(lease);
      else this.wait();
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * @returns undefined when there is no room just now
   * @throws why the last try failed, when there is nowhere else to go
   */
  private pick(): Lease | undefined {
    const { balancer } = this.ports;
    const { wishes } = this.asked;
    if (this.tries === 0) return this.pickFirst();
    try {
      return balancer.tryPick({ ...wishes, accepts: ({ url }) => !this.tried.includes(url) });
    } catch {
      if (this.next === 'another') throw this.failure;
      return balancer.tryPick(wishes);
    }
  }

  private pickFirst(): Lease | undefined {
    const { balancer } = this.ports;
    const { wishes, avoid = [] } = this.asked;
    if (avoid.length === 0) return balancer.tryPick(wishes);
    try {
      return balancer.tryPick({ ...wishes, stickTo: undefined, accepts: ({ url }) => !avoid.includes(url) });
    } catch {
      return balancer.tryPick(wishes); // there is no other one
    }
  }

  private wait(): void {
    const { receiver, wishes } = this.asked;
    const served = (next: () => void): void => {
      receiver.onGone = undefined;
      next();
    };
    const leave = this.ports.balancer.wait(
      wishes,
      (lease) => served(() => this.send(lease)),
      (error) => served(() => this.refuse(error)),
    );
    receiver.onGone = () => {
      leave();
      this.dropUpload();
    };
  }

  private send(lease: Lease): void {
    this.tries += 1;
    const { backend } = lease;
    if (this.tries > 1) this.ports.balancer.countRetry(backend.url);
    this.asked.onSent?.(backend.url);
    const { receiver, webSocketKey, join, method, url, headers, body, onHead } = this.asked;
    const { connections, headersTimeoutMs, idleTimeoutMs } = this.ports;
    const exchange = new Exchange({
      receiver,
      idleTimeoutMs,
      onInformation: () => lease.informed(),
      onHead: (statusCode, answer) => {
        lease.answered(statusCode);
        onHead(backend.url, statusCode, answer);
      },
      webSocketKey,
      join: join && ((answer, socket) => join(answer, socket, backend.url)),
      onOutcome: (outcome) => this.onOutcome(lease, outcome),
    });
    const host = hostFor(backend, this.ports.host ?? 'preserve');
    const fields = host === undefined ? headers : withHost(headers, host);
    const message = {
      method,
      path: url,
      headers: fields,
      body,
      upgrade: join ? ('websocket' as const) : null,
      headersTimeoutMs,
    };
    try {
      connections.to(backend).dispatch(message, exchange);
    } catch (error) {
      exchange.onError(error as Error, { wasSent: false });
    }
  }

  private onOutcome(lease: Lease, outcome: Outcome): void {
    lease.release(blameOf(outcome));
    const { url: backend } = lease.backend;
    if (outcome.type === 'failed') return this.onFailure(backend, outcome.error, outcome.wasSent);
    this.dropUpload(); // an answer may come before its end, and nobody reads the rest through here any more
    if (outcome.type === 'truncated') {
      this.ports.logger.warn(
        { backend, requestId: this.asked.requestId, reason: messageOf(outcome.cause) },
        'the backend broke off in mid-answer; whoever waits for it was told',
      );
    }
  }

  private onFailure(backend: string, error: unknown, wasSent: boolean): void {
    const { method, body } = this.asked;
    const isReplayable = body === null || Buffer.isBuffer(body);
    this.failure = toProxyError(backend, error);
    const wasResent = this.next === 'any';
    this.tried.push(backend);
    this.next = nextTry({
      error,
      wasSent,
      method,
      isReplayable,
      tries: this.tries,
      maxTries: this.ports.maxTries,
      wasResent,
    });
    if (this.next !== 'none' && this.ports.retryBudget.withdraw()) this.seekBackend();
    else this.refuse(this.failure);
  }

  private refuse(error: unknown): void {
    const { receiver, requestId } = this.asked;
    const refusal = toProxyError('', error);
    this.dropUpload();
    this.ports.logger.warn({ ...refusal.context, code: refusal.code, requestId }, 'web request refused');
    receiver.refuse(refusal);
  }

  private dropUpload(): void {
    const { body } = this.asked;
    if (body !== null && !Buffer.isBuffer(body)) (body as Readable).destroy();
  }
}

/** What the end of a try says of the backend. */
function blameOf(outcome: Outcome): LeaseOutcome {
  if (outcome.type === 'truncated') return isOwnFault(outcome.cause) ? 'ok' : 'failed';
  if (outcome.type !== 'failed' || isRefusedHere(outcome.error) || isOwnFault(outcome.error)) return 'ok';
  return !outcome.wasSent && isNobodyThere(outcome.error) ? 'unreachable' : 'failed';
}
