import { BodyWriter, ResponseWriter, type RawHeaders } from '@slipstream/http';
import type { Answer } from '../policy/answer.js';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { CacheClient } from './cache-client.port.js';
import type { BodyReader, FlowingBody } from './flowing-body.js';
import type { HeldBodies } from './held-bodies.js';
import { writeBody } from './send-answer.js';

/** A client that waits for an answer. */
export interface WaitingClient {
  readonly request: ReadRequest;
  readonly client: CacheClient;
  /**
   * The answer is not for this client, which looks up again. Nothing was sent.
   *
   * @param isAlone whether it must not wait for another client's answer again: the last one could not be shared, and
   *   the next one may not be either
   */
  retry(isAlone: boolean): void;
  /** The argument of the last `retry`. Absent: false. */
  readonly isAlone?: boolean;
}

/** One client of a fetch that it may share with others. */
export class Subscriber {
  private isOver = false;
  /** Whether it accepts no more data now. */
  private isFull = false;
  private onDrained?: () => void;
  private stall?: NodeJS.Timeout;
  /** Position in a body that is read as fast as the client accepts it. */
  private body?: BodyReader;
  private bodyWriter?: BodyWriter;
  private readonly writer: ResponseWriter;

  /** @param onLeft called if the client leaves before its answer is complete */
  constructor(
    private readonly waiting: WaitingClient,
    private readonly onLeft: (subscriber: Subscriber) => void,
  ) {
    this.writer = new ResponseWriter(waiting.client.response);
    waiting.client.response.once('close', this.onClose);
  }

  get request(): ReadRequest {
    return this.waiting.request;
  }

  get needsDrain(): boolean {
    return !this.isOver && (this.isFull || this.body?.hasUnread === true);
  }

  answered(outcome: CacheOutcome): void {
    if (!this.isOver) this.waiting.client.onOutcome?.(outcome);
  }

  /** Sends a whole answer. */
  answer({ statusCode, headers, body }: Answer, isShared: boolean, held: HeldBodies): void {
    if (this.begin(statusCode, headers, isShared)) writeBody(this.response, body, held, () => this.end());
  }

  /** Sends an informational answer to a client that has no head yet. @param headers flat, end-to-end */
  inform(statusCode: number, headers: RawHeaders): void {
    if (!this.isOver) this.writer.inform(statusCode, headers);
  }

  /** @returns whether the client is still connected */
  begin(statusCode: number, headers: string[], isShared: boolean): boolean {
    if (this.isOver) return false;
    try {
      this.waiting.client.onHead?.(statusCode, headers, isShared);
      this.writer.begin(statusCode, headers);
      return true;
    } catch (error) {
      this.fail(error); // fields that can't be sent
      this.onLeft(this);
      return false;
    }
  }

  write(chunk: Buffer): void {
    if (!this.isOver && !this.writer.write(chunk)) this.fill();
  }

  /**
   * Sends a body that is still arriving, from its first byte, as fast as the client accepts it. Call {@link pump}
   * whenever more of it has arrived.
   */
  read(body: FlowingBody): void {
    if (this.isOver) return;
    this.body = body.reader(() => this.drained());
    this.bodyWriter = new BodyWriter(this.response, this.body, () => this.end());
    this.bodyWriter.pump();
  }

  pump(): void {
    if (!this.isOver) this.bodyWriter?.pump();
  }

  /** Sends the buffered data at once. */
  flush(): void {
    if (!this.isOver) this.writer.flush();
  }

  /** Ends the answer. Data that the client has not accepted yet is still sent. */
  complete(): void {
    if (this.isOver) return;
    if (this.bodyWriter) return this.bodyWriter.pump();
    this.writer.end();
    this.end();
  }

  /** Breaks off the answer, which shows the client that it is incomplete. */
  breakOff(): void {
    if (this.isOver) return;
    this.end();
    this.writer.breakOff();
  }

  release(isAlone = false): void {
    if (this.settle()) this.waiting.retry(isAlone);
  }

  fail(error: unknown): void {
    if (this.settle()) this.waiting.client.onFailed(error);
  }

  /**
   * Calls back once the client accepts more. Of several callbacks the last one is called.
   *
   * @param stallMs limit after which the client is broken off because it delays others; absent: no limit
   */
  whenDrained(stallMs: number | undefined, onDrained: () => void): void {
    this.onDrained = onDrained;
    if (stallMs !== undefined) this.stall ??= setTimeout(() => this.giveUp(), stallMs);
  }

  private fill(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.response.once('drain', () => {
      this.isFull = false;
      this.drained();
    });
  }

  private drained(): void {
    clearTimeout(this.stall);
    this.stall = undefined;
    const onDrained = this.onDrained;
    this.onDrained = undefined;
    onDrained?.();
  }

  private get response() {
    return this.waiting.client.response;
  }

  private giveUp(): void {
    this.breakOff();
    this.onLeft(this);
  }

  private readonly onClose = (): void => {
    if (this.isOver) return;
    this.end();
    this.onLeft(this);
  };

  private end(): void {
    if (this.settle()) this.waiting.client.onDone?.();
  }

  private settle(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    clearTimeout(this.stall);
    this.bodyWriter?.stop();
    this.response.off('close', this.onClose);
    return true;
  }
}
