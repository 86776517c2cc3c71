import type { Duplex } from 'node:stream';
import { announcesEventStream, endToEndHeaders, type Receiver, type RequestTimeline } from '@slipstream/http';
import type { Http1Controller, Http1Handler } from '@slipstream/http1';
import { WrongProtocolError } from './failures.js';
import type { ForwardedRequest } from './forwarded-request.js';
import { handshakeViolation } from './handshake-violation.js';

/** End of a try at a backend. */
export type Outcome =
  | { readonly type: 'complete' }
  /** The receiver wants no more. @property violation of the backend, if that is the reason */
  | { readonly type: 'client-left'; readonly violation?: unknown }
  /** The backend broke off the answer. The receiver was notified. */
  | { readonly type: 'truncated'; readonly cause: unknown }
  /** No answer began, and the receiver got nothing. */
  | { readonly type: 'failed'; readonly error: unknown; readonly wasSent: boolean };

/** Longest pauses within an answer. */
export interface SilenceLimits {
  /** Limit for all answers except event streams. */
  readonly idleTimeoutMs: number;
  /** Limit for an event stream; 0: none. */
  readonly streamIdleTimeoutMs: number;
}

/** Receives the events of one try. */
export interface ExchangeListener {
  /** Called for an informational answer. */
  onInformation(): void;
  /** Called with the answer's head, to which it may add fields. @returns the receiver of the answer */
  onHead(statusCode: number, headers: string[]): Receiver;
  /** The backend has switched protocols. */
  onSwitched(headers: string[], backend: Duplex): void;
  /** Called once. */
  onOutcome(outcome: Outcome): void;
  /** The receiver failed at the end of a complete answer, which was broken off. */
  onEndFailed(error: unknown): void;
}

/** Progress of a try. */
type State =
  | { readonly at: 'waiting' }
  /** `silence` runs while the exchange waits for the backend, and not for the receiver. A limit of 0 means none. */
  | { readonly at: 'answering'; readonly silenceLimitMs: number; silence?: NodeJS.Timeout }
  | { readonly at: 'over' };

const WAITING: State = { at: 'waiting' };
const OVER: State = { at: 'over' };

/**
 * One try at one backend, as the handler of the HTTP/1 client. Passes the answer to its receiver, as fast as that
 * accepts it.
 */
export class Exchange implements Http1Handler {
  private controller?: Http1Controller;
  private state: State = WAITING;
  private receiver: Receiver;

  private readonly timeline?: RequestTimeline;

  /** @param request its receiver gets the answer, unless `onHead` returns another one */
  constructor(
    private readonly request: ForwardedRequest,
    private readonly limits: SilenceLimits,
    private readonly listener: ExchangeListener,
  ) {
    this.timeline = request.timeline;
    this.receiver = request.receiver;
    this.receiver.onGone = this.onGone;
  }

  onStart(controller: Http1Controller): void {
    this.controller = controller;
    if (this.state.at === 'over') controller.abort(clientLeft());
  }

  onConnecting(): void {
    this.timeline?.enter('connect');
  }

  onConnected(): void {
    this.timeline?.enter('firstByte');
  }

  onUpgrade(statusCode: number, rawHeaders: string[], backend: Duplex, head: Buffer): void {
    backend.on('error', () => {}); // close follows
    const headers = endToEndHeaders(rawHeaders);
    const violation = handshakeViolation(rawHeaders, this.request.webSocketKey);
    if (violation !== undefined) {
      backend.destroy();
      return this.onError(new WrongProtocolError(violation), { wasSent: true });
    }
    if (head.length > 0) backend.unshift(head);
    backend.once('close', () => this.settle({ type: 'complete' }));
    this.listener.onHead(statusCode, headers);
    this.listener.onSwitched(headers, backend);
  }

  onInformation(statusCode: number, rawHeaders: string[]): void {
    this.listener.onInformation();
    this.receiver.inform(statusCode, endToEndHeaders(rawHeaders));
  }

  onHeaders(statusCode: number, rawHeaders: string[]): void {
    const headers = endToEndHeaders(rawHeaders);
    const receiver = this.listener.onHead(statusCode, headers);
    if (receiver !== this.receiver) this.moveTo(receiver);
    const isStream = announcesEventStream(headers);
    if (isStream && this.timeline) this.timeline.isStream = true;
    receiver.begin(statusCode, headers, isStream);
    if (this.state.at === 'over') return; // the receiver wants no more
    this.state = { at: 'answering', silenceLimitMs: this.silenceLimitMs(isStream), silence: undefined };
    process.nextTick(this.afterHead);
  }

  onData(chunk: Buffer): void {
    const { controller, receiver, state } = this;
    if (state.at !== 'answering') return;
    if (receiver.write(chunk)) return void state.silence?.refresh();
    if (!controller || controller.paused) return;
    controller.pause();
    this.timeline?.enter('client');
    this.expectNothing(); // from now on the receiver is slow, not the backend
    receiver.onWritable = () => {
      receiver.onWritable = undefined;
      this.timeline?.enter('body');
      controller.resume();
      this.expectMore();
    };
  }

  onEnd(): void {
    this.timeline?.enter('client');
    this.settle({ type: 'complete' });
    try {
      this.receiver.end();
    } catch (error) {
      // The event belongs to no client's connection, so the error would end the process.
      this.listener.onEndFailed(error);
      this.receiver.breakOff(error);
    }
  }

  /** A broken answer is passed on as broken, so that it never looks complete. */
  onError(error: Error, { wasSent }: { wasSent: boolean }): void {
    if (this.state.at === 'over') return;
    if (this.state.at === 'waiting') return this.settle({ type: 'failed', error, wasSent });
    this.settle({ type: 'truncated', cause: error });
    this.receiver.breakOff(error);
  }

  private readonly afterHead = (): void => {
    if (this.state.at === 'over') return;
    this.receiver.flush();
    this.expectMore();
  };

  private readonly onGone = (violation?: unknown): void => {
    this.settle({ type: 'client-left', violation });
    this.controller?.abort(clientLeft());
  };

  private silenceLimitMs(isStream: boolean): number {
    const { idleTimeoutMs, streamIdleTimeoutMs } = this.limits;
    return this.request.idleTimeoutMs ?? (isStream ? streamIdleTimeoutMs : idleTimeoutMs);
  }

  private moveTo(receiver: Receiver): void {
    this.receiver.onGone = undefined;
    this.receiver = receiver;
    receiver.onGone = this.onGone;
  }

  private expectMore(): void {
    const { state } = this;
    if (state.at !== 'answering' || state.silenceLimitMs === 0 || this.controller?.paused) return;
    clearTimeout(state.silence);
    state.silence = setTimeout(this.onSilence, state.silenceLimitMs, state.silenceLimitMs);
  }

  private readonly onSilence = (limitMs: number): void =>
    this.controller?.abort(new Error(`the backend was silent for ${limitMs} ms within its answer`));

  private expectNothing(): void {
    if (this.state.at !== 'answering') return;
    clearTimeout(this.state.silence);
    this.state.silence = undefined;
  }

  private settle(outcome: Outcome): void {
    if (this.state.at === 'over') return;
    this.expectNothing();
    this.state = OVER;
    this.receiver.onGone = undefined;
    this.listener.onOutcome(outcome);
  }
}

const clientLeft = (): Error => new Error('the client has left');
