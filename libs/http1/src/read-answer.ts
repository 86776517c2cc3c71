import { overdue } from './connection-errors.js';
import { Http1Error } from './http1-error.js';
import type { Http1Controller, Http1Handler, Http1Request } from './http1-exchange.port.js';
import type { Http1Pool } from './http1-pool.js';

/** An answer that was read into memory. */
export interface ReadAnswer {
  statusCode: number;
  rawHeaders: string[];
  /** At most `maxBytes`. */
  body: Buffer;
  /** Whether the content ended within `maxBytes`; if not, the rest was not read. */
  isWhole: boolean;
}

export interface ReadAnswerOptions {
  /** Ends the exchange at once. */
  signal: AbortSignal;
  maxBytes: number;
  /**
   * Limit from the call to the end of the answer. Then it rejects with `http1_connect_timeout` or
   * `http1_headers_timeout`. Default: no limit.
   */
  timeoutMs?: number;
  /** Receives each piece of the content as it arrives. An error that it throws ends the exchange. */
  onData?: (chunk: Buffer) => void;
}

/**
 * Sends a request, and reads its answer. For callers off the hot path, such as health checks and lists.
 *
 * @throws Http1Error as `Http1Pool.dispatch` and its handlers get it
 * @throws the signal's reason if it aborts
 */
export function readAnswer(pool: Http1Pool, request: Http1Request, options: ReadAnswerOptions): Promise<ReadAnswer> {
  return new Promise((resolve, reject) => pool.dispatch(request, new Reading(options, resolve, reject)));
}

const TOO_SLOW = new Error('the answer takes too long');

class Reading implements Http1Handler {
  private controller?: Http1Controller;
  private statusCode = 0;
  private rawHeaders: string[] = [];
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly options: ReadAnswerOptions,
    private readonly resolve: (answer: ReadAnswer) => void,
    private readonly reject: (reason: unknown) => void,
  ) {}

  onStart(controller: Http1Controller): void {
    const { signal, timeoutMs } = this.options;
    this.controller = controller;
    if (timeoutMs !== undefined) this.timer = setTimeout(() => controller.abort(TOO_SLOW), timeoutMs);
    if (signal.aborted) this.abort();
    else signal.addEventListener('abort', this.abort);
  }

  onHeaders(statusCode: number, rawHeaders: string[]): void {
    Object.assign(this, { statusCode, rawHeaders });
  }

  onData(chunk: Buffer): void {
    this.options.onData?.(chunk);
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size <= this.options.maxBytes) return;
    this.finish(false);
    this.controller?.abort();
  }

  onEnd(): void {
    this.finish(true);
  }

  onError(error: Error, { wasSent }: { wasSent: boolean }): void {
    const { signal } = this.options;
    this.leave();
    if (signal.aborted) this.reject(signal.reason);
    else this.reject(error === TOO_SLOW ? overdue(wasSent ? 'waiting' : 'connecting') : error);
  }

  onUpgrade(...[, , socket]: Parameters<Http1Handler['onUpgrade']>): void {
    socket.destroy();
    this.leave();
    this.reject(new Http1Error('http1_malformed', 'The origin switched protocols without a request for it.'));
  }

  private finish(isWhole: boolean): void {
    this.leave();
    const { statusCode, rawHeaders } = this;
    const body = Buffer.concat(this.chunks, Math.min(this.size, this.options.maxBytes));
    this.resolve({ statusCode, rawHeaders, body, isWhole });
  }

  private readonly abort = (): void => this.controller?.abort();

  private leave(): void {
    clearTimeout(this.timer);
    this.options.signal.removeEventListener('abort', this.abort);
  }
}
