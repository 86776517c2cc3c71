import type { Receiver } from '@slipstream/http';
import { Discard } from './discard.js';

/** Further bytes wait at the backend. */
const MAX_WAITING_BYTES = 64 * 1024;

/** The beginning of an answer. */
export interface AnswerHead {
  statusCode: number;
  /** Flat, end-to-end. */
  headers: string[];
}

type End = { readonly type: 'whole' } | { readonly type: 'failed'; readonly error: unknown };

/** An answer that is read piece by piece. Read it to its end, or {@link fail} or {@link drain} it. */
export class AnswerReader implements Receiver, AsyncIterable<Buffer> {
  onGone?: (violation?: unknown) => void;
  onWritable?: () => void;
  private readonly opened = Promise.withResolvers<AnswerHead>();
  private chunks: Buffer[] = [];
  private waitingBytes = 0;
  private ended?: End;
  private rest?: Discard;
  private wake?: () => void;

  constructor() {
    this.opened.promise.catch(() => {}); // a failed reader may not be awaited
  }

  /** Rejects with the reason if there is no answer. */
  get head(): Promise<AnswerHead> {
    return this.opened.promise;
  }

  get isGone(): boolean {
    return this.ended !== undefined;
  }

  /**
   * Ends the exchange. Readers get `error` at once.
   * @param isBackendFailure whether it counts as a failure of the backend
   */
  fail(error: unknown, isBackendFailure = false): void {
    if (this.ended) return;
    this.chunks = [];
    this.finish({ type: 'failed', error });
    this.onGone?.(isBackendFailure ? error : undefined);
  }

  /** Reads the rest without keeping it, so that the connection can be used again. */
  drain(): void {
    if (this.ended) return;
    this.rest = new Discard(() => this.fail(new Error('the rest of the answer is too long')));
    this.chunks = [];
    this.onWritable?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk) {
        this.waitingBytes -= chunk.length;
        if (this.chunks.length === 0) this.onWritable?.();
        yield chunk;
      } else if (this.ended?.type === 'failed') throw this.ended.error;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  inform(): void {}

  begin(statusCode: number, headers: string[]): void {
    this.opened.resolve({ statusCode, headers });
  }

  write(chunk: Buffer): boolean {
    if (this.rest) {
      this.rest.take(chunk);
      return true;
    }
    this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
    this.wake?.();
    return this.waitingBytes < MAX_WAITING_BYTES;
  }

  flush(): void {}

  end(): void {
    this.finish({ type: 'whole' });
  }

  breakOff(error: unknown): void {
    this.finish({ type: 'failed', error });
  }

  refuse(error: unknown): void {
    this.finish({ type: 'failed', error });
  }

  private finish(end: End): void {
    if (this.ended) return;
    this.ended = end;
    this.rest?.end();
    if (end.type === 'failed') this.opened.reject(end.error);
    this.wake?.();
  }
}
