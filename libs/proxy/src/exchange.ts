import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { breakOff, endToEndHeaders, sendHead, type RawHeaders } from '@slipstream/http';
import type { Http1Controller, Http1Handler } from '@slipstream/http1';
import { WrongProtocolError } from './proxy-errors.js';

/** Up to here copying a piece costs less than sending it apart. */
const TEXT_MAX_BYTES = 16 * 1024;

/** How a try at a backend ended. */
export type Outcome =
  | { readonly type: 'complete' }
  /** Nobody is there to hear the rest; the backend was told by breaking off. */
  | { readonly type: 'client-left' }
  /** The backend broke off in mid-answer; the client was told by breaking off. */
  | { readonly type: 'truncated'; readonly cause: unknown }
  /** No answer began, and nothing was sent to the client. */
  | { readonly type: 'failed'; readonly error: unknown; readonly wasSent: boolean };

export interface ExchangeOptions {
  response: ServerResponse;
  /** Longest silence within an answer that is no event stream. */
  idleTimeoutMs: number;
  /** The answer's head is here; may add fields for the client. */
  onHead: (statusCode: number, headers: string[]) => void;
  /** Joins the client to a backend that has switched protocols. */
  join?: (headers: string[], backend: Duplex) => void;
  /** Told once. */
  onOutcome: (outcome: Outcome) => void;
}

/**
 * One try at one backend, as the client on plain sockets drives it: the answer goes to the client as it comes, unbuffered and no
 * faster than the client takes it.
 */
export class Exchange implements Http1Handler {
  private controller?: Http1Controller;
  private silence?: NodeJS.Timeout;
  private silenceLimitMs = 0;
  private hasBegun = false;
  private isOver = false;

  constructor(private readonly options: ExchangeOptions) {
    options.response.once('close', this.onClientLeft);
  }

  onStart(controller: Http1Controller): void {
    this.controller = controller;
    if (this.isOver) controller.abort(clientLeft());
  }

  onUpgrade(statusCode: number, rawHeaders: string[], backend: Duplex, head: Buffer): void {
    backend.on('error', () => {}); // close follows
    const headers = endToEndHeaders(rawHeaders);
    const protocol = valueOf(rawHeaders, 'upgrade');
    if (protocol?.toLowerCase() !== 'websocket') {
      backend.destroy();
      return this.onError(new WrongProtocolError(protocol), { wasSent: true });
    }
    if (head.length > 0) backend.unshift(head);
    backend.once('close', () => this.settle({ type: 'complete' }));
    this.options.onHead(statusCode, headers);
    this.options.join?.(headers, backend);
  }

  onHeaders(statusCode: number, rawHeaders: string[]): void {
    const { response, idleTimeoutMs, onHead } = this.options;
    const headers = endToEndHeaders(rawHeaders);
    onHead(statusCode, headers);
    sendHead(response, statusCode, headers);
    this.silenceLimitMs = isEventStream(headers) ? 0 : idleTimeoutMs;
    process.nextTick(this.afterHead);
  }

  onData(chunk: Buffer): void {
    if (this.isOver) return;
    const { controller } = this;
    if (this.write(chunk)) return void this.silence?.refresh();
    if (!controller || controller.paused) return;
    controller.pause();
    this.expectNothing(); // what follows is the client's silence, not the backend's
    this.options.response.once('drain', () => {
      this.expectMore();
      controller.resume();
    });
  }

  onEnd(): void {
    this.settle({ type: 'complete' });
    this.options.response.end();
  }

  /** A broken answer breaks the client's connection, so that half of it is never taken for the whole. */
  onError(error: Error, { wasSent }: { wasSent: boolean }): void {
    const { response } = this.options;
    if (!response.headersSent) return this.settle({ type: 'failed', error, wasSent });
    this.settle({ type: 'truncated', cause: error });
    breakOff(response);
  }

  /** The head goes with the first piece of the body if that is here already, else at once: an event stream's client waits for it. */
  private readonly afterHead = (): void => {
    if (this.isOver) return;
    if (!this.hasBegun) this.options.response.flushHeaders();
    this.expectMore();
  };

  /**
   * Node sends a small first piece, when it is text, together with the head. Uncorking then sends both in one plain write;
   * left corked, they would go with the empty piece that `end` adds, in a gathering write that costs twice as much.
   */
  private write(chunk: Buffer): boolean {
    const { response } = this.options;
    if (this.hasBegun) return response.write(chunk);
    this.hasBegun = true;
    if (chunk.length > TEXT_MAX_BYTES) return response.write(chunk);
    const isTaken = response.write(chunk.toString('latin1'), 'latin1');
    response.socket?.uncork();
    return isTaken;
  }

  private readonly onClientLeft = (): void => {
    this.settle({ type: 'client-left' });
    this.controller?.abort(clientLeft());
  };

  private expectMore(): void {
    if (this.isOver || this.silenceLimitMs === 0 || this.controller?.paused) return;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.controller?.abort(new Error(`the backend was silent for ${this.silenceLimitMs} ms within its answer`)), this.silenceLimitMs);
  }

  private expectNothing(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  private settle(outcome: Outcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.expectNothing();
    this.options.response.off('close', this.onClientLeft);
    this.options.onOutcome(outcome);
  }
}

const clientLeft = (): Error => new Error('the client has left');

const valueOf = (rawHeaders: RawHeaders, name: string): string | undefined =>
  rawHeaders.find((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

const isEventStream = (rawHeaders: RawHeaders): boolean =>
  rawHeaders.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type' && /^text\/event-stream\b/i.test(rawHeaders[index + 1] ?? ''));
