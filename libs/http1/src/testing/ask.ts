import type { Duplex } from 'node:stream';
import { Http1Error } from '../http1-error.js';
import type { Http1Controller, Http1Handler, Http1Request } from '../http1-exchange.port.js';
import type { Http1Pool } from '../http1-pool.js';

/** Events of an exchange up to its end. */
export interface Heard {
  end: 'end' | 'error' | 'upgrade';
  status?: number;
  headers?: string[];
  /** Status and fields of each informational answer. */
  informed?: (number | string)[][];
  /** Latin-1. */
  body: string;
  /** Of the error. */
  code?: string;
  error?: Error;
  wasSent?: boolean;
  socket?: Duplex;
  head?: string;
}

export const request = (over: Partial<Http1Request> = {}): Http1Request => ({
  method: 'GET',
  path: '/',
  headers: ['Host', 'app'],
  body: null,
  upgrade: null,
  headersTimeoutMs: 10_000,
  ...over,
});

/** Records events, and fails if an event follows the last one. */
export class Listener implements Http1Handler {
  readonly heard: Heard = { end: 'error', body: '' };
  readonly over: Promise<Heard>;
  controller?: Http1Controller;
  private settle!: (heard: Heard) => void;
  private isOver = false;

  constructor(private readonly onPiece: (controller: Http1Controller, chunk: Buffer) => void = () => {}) {
    this.over = new Promise((resolve) => (this.settle = resolve));
  }

  onStart(controller: Http1Controller): void {
    this.controller = controller;
  }

  onInformation(status: number, headers: string[]): void {
    this.goingOn();
    (this.heard.informed ??= []).push([status, ...headers]);
  }

  onHeaders(status: number, headers: string[]): void {
    this.goingOn();
    Object.assign(this.heard, { status, headers });
  }

  onData(chunk: Buffer): void {
    this.goingOn();
    this.heard.body += chunk.toString('latin1');
    this.onPiece(this.controller as Http1Controller, chunk);
  }

  onEnd(): void {
    this.end({ end: 'end' });
  }

  onError(error: Error, { wasSent }: { wasSent: boolean }): void {
    this.end({ end: 'error', error, wasSent, code: error instanceof Http1Error ? error.code : error.message });
  }

  onUpgrade(status: number, headers: string[], socket: Duplex, head: Buffer): void {
    this.end({ end: 'upgrade', status, headers, socket, head: head.toString('latin1') });
  }

  private end(facts: Partial<Heard>): void {
    this.goingOn();
    this.isOver = true;
    this.settle(Object.assign(this.heard, facts));
  }

  private goingOn(): void {
    if (this.isOver) throw new Error('the handler was told more after the end');
  }
}

/** Sends a request and waits for the end. */
export function ask(pool: Http1Pool, over: Partial<Http1Request> = {}): Promise<Heard> {
  const listener = new Listener();
  pool.dispatch(request(over), listener);
  return listener.over;
}
