import type { Duplex } from 'node:stream';
import { announcesEventStream, endToEndHeaders } from '@slipstream/http';
import type { Http1Controller, Http1Handler } from '@slipstream/http1';
import { handshakeFault } from './handshake-fault.js';
import { WrongProtocolError } from './proxy-errors.js';
import type { Receiver } from './receiver.port.js';

/** How a try at a backend ended. */
export type Outcome =
  | { readonly type: 'complete' }
  /** Nobody is there to hear the rest; the backend was told by breaking off. */
  | { readonly type: 'client-left' }
  /** The backend broke off in mid-answer; the receiver was told. */
  | { readonly type: 'truncated'; readonly cause: unknown }
  /** No answer began, and nothing was given to the receiver. */
  | { readonly type: 'failed'; readonly error: unknown; readonly wasSent: boolean };

export interface ExchangeOptions {
  receiver: Receiver;
  /** Longest silence within an answer that is no event stream. */
  idleTimeoutMs: number;
  /** An informational answer is here. */
  onInformation: () => void;
  /** The answer's head is here; may add fields. */
  onHead: (statusCode: number, headers: string[]) => void;
  /** The client's Sec-WebSocket-Key, which a backend that switches protocols has to know. */
  webSocketKey?: string;
  /** Joins the client to a backend that has switched protocols. */
  join?: (headers: string[], backend: Duplex) => void;
  /** Told once. */
  onOutcome: (outcome: Outcome) => void;
}

/**
 * One try at one backend, as the client on plain sockets drives it: the answer goes to its receiver as it comes, no
 * faster than that takes it.
 */
export class Exchange implements Http1Handler {
  private controller?: Http1Controller;
  private silence?: NodeJS.Timeout;
  private silenceLimitMs = 0;
  private hasBegun = false;
  private isOver = false;

  constructor(private readonly options: ExchangeOptions) {
    options.receiver.onGone = this.onGone;
  }

  onStart(controller: Http1Controller): void {
    this.controller = controller;
    if (this.isOver) controller.abort(clientLeft());
  }

  onUpgrade(statusCode: number, rawHeaders: string[], backend: Duplex, head: Buffer): void {
    backend.on('error', () => {}); // close follows
    const headers = endToEndHeaders(rawHeaders);
    const fault = handshakeFault(rawHeaders, this.options.webSocketKey);
    if (fault !== undefined) {
      backend.destroy();
      return this.onError(new WrongProtocolError(fault), { wasSent: true });
    }
    if (head.length > 0) backend.unshift(head);
    backend.once('close', () => this.settle({ type: 'complete' }));
    this.options.onHead(statusCode, headers);
    this.options.join?.(headers, backend);
  }

  onInformation(statusCode: number, rawHeaders: string[]): void {
    this.options.onInformation();
    this.options.receiver.inform(statusCode, endToEndHeaders(rawHeaders));
  }

  onHeaders(statusCode: number, rawHeaders: string[]): void {
    const { receiver, idleTimeoutMs, onHead } = this.options;
    const headers = endToEndHeaders(rawHeaders);
    onHead(statusCode, headers);
    const isStream = announcesEventStream(headers);
    receiver.begin(statusCode, headers, isStream);
    this.hasBegun = true;
    this.silenceLimitMs = isStream ? 0 : idleTimeoutMs;
    process.nextTick(this.afterHead);
  }

  onData(chunk: Buffer): void {
    if (this.isOver) return;
    const { controller } = this;
    const { receiver } = this.options;
    if (receiver.write(chunk)) return void this.silence?.refresh();
    if (!controller || controller.paused) return;
    controller.pause();
    this.expectNothing(); // what follows is the receiver's silence, not the backend's
    receiver.onWritable = () => {
      receiver.onWritable = undefined;
      controller.resume();
      this.expectMore();
    };
  }

  onEnd(): void {
    this.settle({ type: 'complete' });
    this.options.receiver.end();
  }

  /** A broken answer is told as broken, so that half of it is never taken for the whole. */
  onError(error: Error, { wasSent }: { wasSent: boolean }): void {
    if (this.isOver) return;
    if (!this.hasBegun) return this.settle({ type: 'failed', error, wasSent });
    this.settle({ type: 'truncated', cause: error });
    this.options.receiver.breakOff(error);
  }

  private readonly afterHead = (): void => {
    if (this.isOver) return;
    this.options.receiver.flush();
    this.expectMore();
  };

  private readonly onGone = (): void => {
    this.settle({ type: 'client-left' });
    this.controller?.abort(clientLeft());
  };

  private expectMore(): void {
    if (this.isOver || this.silenceLimitMs === 0 || this.controller?.paused) return;
    clearTimeout(this.silence);
    this.silence = setTimeout(
      () => this.controller?.abort(new Error(`the backend was silent for ${this.silenceLimitMs} ms within its answer`)),
      this.silenceLimitMs,
    );
  }

  private expectNothing(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  private settle(outcome: Outcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.expectNothing();
    this.options.receiver.onGone = undefined;
    this.options.onOutcome(outcome);
  }
}

const clientLeft = (): Error => new Error('nobody wants the answer any more');
