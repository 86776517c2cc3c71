import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Lease, LoadBalancer } from '@slipstream/balancer';
import { messageOf, type SlipstreamError } from '@slipstream/contracts';
import type { RawHeaders } from '@slipstream/http';
import type { BackendConnections } from './backend-connections.js';
import { Exchange, type Outcome } from './exchange.js';
import type { Logger } from './logger.port.js';
import { nextTry, type NextTry } from './next-try.js';
import { originForm } from './origin-form.js';
import { isRefusedHere, toProxyError } from './proxy-errors.js';
import { hasBody, uploadOf } from './upload.js';

/** What every request is forwarded by. */
export interface ForwardingPorts {
  balancer: LoadBalancer;
  connections: BackendConnections;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  logger: Logger;
}

/** One request of a client. */
export interface ForwardedRequest {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Path and query as the client sent them. */
  url: string;
  /** What the backend is sent. */
  headers: string[];
  /** Makes it a WebSocket handshake: joins the client to the backend that agrees. */
  join?: (rawHeaders: RawHeaders, backend: Duplex) => void;
}

/** One client's request on its way to a backend, and to another one where that is safe. */
export class Forwarding {
  private readonly upload: Readable | null;
  private readonly tried = new Set<string>();
  private tries = 0;
  private next?: NextTry;
  private failure?: SlipstreamError;

  constructor(
    private readonly ports: ForwardingPorts,
    private readonly asked: ForwardedRequest,
  ) {
    this.upload = asked.join ? null : uploadOf(asked.request);
  }

  begin(): void {
    if (this.asked.response.destroyed) this.upload?.destroy();
    else this.send();
  }

  private send(): void {
    let lease: Lease;
    try {
      lease = this.pick();
    } catch (error) {
      return this.refuse(error);
    }
    this.tries += 1;
    const { response, join, request, url, headers } = this.asked;
    const { connections, headersTimeoutMs, idleTimeoutMs } = this.ports;
    const exchange = new Exchange({ response, idleTimeoutMs, join, onOutcome: (outcome) => this.onOutcome(lease, outcome) });
    const upgrade = join ? 'websocket' : null;
    // No bodyTimeout of undici's: how long an answer may be silent depends on what it is, which only its headers tell.
    const message = { method: request.method as 'GET', path: originForm(url), headers, body: this.upload, upgrade };
    connections.to(lease.backend.url).dispatch({ ...message, headersTimeout: headersTimeoutMs, bodyTimeout: 0 }, exchange);
  }

  /** @throws why the last try failed, when there is nowhere else to go */
  private pick(): Lease {
    const { balancer } = this.ports;
    if (this.tries === 0) return balancer.pick();
    try {
      return balancer.pick({ accepts: ({ url }) => !this.tried.has(url) });
    } catch {
      if (this.next === 'another') throw this.failure;
      return balancer.pick();
    }
  }

  private onOutcome(lease: Lease, outcome: Outcome): void {
    const isUndelivered = outcome.type === 'failed' && !outcome.wasSent && !isRefusedHere(outcome.error);
    lease.release(isUndelivered ? 'unreachable' : 'ok');
    const { url: backend } = lease.backend;
    if (outcome.type === 'failed') this.onFailure(backend, outcome.error, outcome.wasSent);
    else if (outcome.type === 'client-left') this.upload?.destroy();
    else if (outcome.type === 'truncated') {
      this.ports.logger.warn({ backend, requestId: this.asked.requestId, reason: messageOf(outcome.cause) }, 'the backend broke off in mid-answer; the client was told by breaking off too');
    }
  }

  private onFailure(backend: string, error: unknown, wasSent: boolean): void {
    const { request } = this.asked;
    const wasResent = this.next === 'any';
    this.failure = toProxyError(backend, error);
    this.tried.add(backend);
    this.next = nextTry({ error, wasSent, method: request.method ?? '', hasBody: hasBody(request), tries: this.tries, wasResent });
    if (this.next === 'none') this.refuse(this.failure);
    else this.send();
  }

  private refuse(error: unknown): void {
    const { response, requestId } = this.asked;
    const refusal = toProxyError('', error);
    this.upload?.destroy();
    this.ports.logger.warn({ ...refusal.context, code: refusal.code, requestId }, 'web request refused');
    this.ports.refuse(response, refusal, requestId);
  }
}
