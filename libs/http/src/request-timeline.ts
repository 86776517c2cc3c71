import { bytesOf } from './written-bytes.js';

/**
 * Stage of a request, by the event that it waits for. `request`: its own content, and the choice of a backend. `queue`:
 * a free backend. `connect`: a connection. `firstByte`: the head of the answer. `body`: the rest of the answer.
 * `client`: the client, which has not accepted the whole answer yet.
 */
export type Stage = 'request' | 'queue' | 'connect' | 'firstByte' | 'body' | 'client';

/** Milliseconds of each stage. Together they are the whole duration. */
export type StageTimes = Readonly<Record<Stage, number>>;

/**
 * Stages and size of one answer, for the access log. A request is in one stage at a time, and may return to a stage, as
 * after a failed try. Times are on the clock of `performance.now()`. The hot path fills it, so it contains no objects,
 * and uses times that its callers have already read.
 */
export class RequestTimeline {
  /** Number of times that the request was sent to a backend. */
  tries = 0;
  /** URL of the last backend. */
  backend?: string;
  /** Result of the response cache. */
  cache?: string;
  /** Whether the answer is an event stream, or a WebSocket. */
  isStream = false;
  /** Whether the gateway ended the answer early. */
  isBrokenOff = false;
  /** Bytes of the body that were written, also those that the client has not accepted yet. */
  writtenBytes = 0;
  /** Time at which the head of the answer was known. Absent: no answer began. */
  headAtMs?: number;

  private stage: Stage = 'request';
  private sinceMs: number;
  private requestMs = 0;
  private queueMs = 0;
  private connectMs = 0;
  private firstByteMs = 0;
  private bodyMs = 0;
  private clientMs = 0;

  constructor(readonly startedAtMs = performance.now()) {
    this.sinceMs = startedAtMs;
  }

  /** Begins a stage and ends the previous one. */
  enter(stage: Stage, atMs = performance.now()): void {
    this.spend(atMs - this.sinceMs);
    this.stage = stage;
    this.sinceMs = atMs;
  }

  /** The request is sent to a backend. */
  sentTo(backend: string, atMs?: number): void {
    this.tries += 1;
    this.backend = backend;
    this.enter('firstByte', atMs);
  }

  /** Records that the head of the client's answer has arrived from the backend. */
  headCame(atMs = performance.now()): void {
    this.headAtMs ??= atMs;
    this.enter('body', atMs);
  }

  /** Records that the head is written to the client. Reads the clock only if no backend has sent the head. */
  answers(): void {
    if (this.headAtMs !== undefined) return;
    this.headAtMs = performance.now();
    this.enter('client', this.headAtMs);
  }

  /** Counts a written part of the body. */
  wrote(chunk: unknown, encoding: unknown): void {
    this.writtenBytes += bytesOf(chunk, encoding);
  }

  /**
   * Duration by which a request counts as slow. A stream lasts as long as its client wants, so only its head counts.
   */
  judgedMs(nowMs: number): number {
    return ((this.isStream ? this.headAtMs : undefined) ?? nowMs) - this.startedAtMs;
  }

  /** Times of all stages, the current one included. */
  timesAt(nowMs: number): StageTimes {
    this.enter(this.stage, nowMs);
    const { requestMs: request, queueMs: queue, connectMs: connect, firstByteMs: firstByte } = this;
    return { request, queue, connect, firstByte, body: this.bodyMs, client: this.clientMs };
  }

  private spend(ms: number): void {
    if (this.stage === 'request') this.requestMs += ms;
    else if (this.stage === 'firstByte') this.firstByteMs += ms;
    else if (this.stage === 'body') this.bodyMs += ms;
    else if (this.stage === 'client') this.clientMs += ms;
    else if (this.stage === 'connect') this.connectMs += ms;
    else this.queueMs += ms;
  }
}
