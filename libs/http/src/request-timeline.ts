import { bytesOf } from './written-bytes.js';

/**
 * What a request waits for. `request`: its own content, and the choice of a backend. `queue`: a free backend.
 * `connect`: a connection. `firstByte`: the head of the answer. `body`: the rest of the answer. `client`: the client,
 * which has not accepted the whole answer yet.
 */
export type Stage = 'request' | 'queue' | 'connect' | 'firstByte' | 'body' | 'client';

/** Milliseconds of each stage. Together they are the whole duration. */
export type StageTimes = Readonly<Record<Stage, number>>;

/**
 * Stages and size of one answer, for the access log. A request is in one stage at a time, and may return to a stage, as
 * after a failed try. Times are on the clock of `performance.now()`. The hot path fills it, so it has no objects of its
 * own, and takes the times that its callers have.
 */
export class RequestTimeline {
  /** Number of times that the request was sent to a backend. */
  tries = 0;
  /** URL of the last backend. */
  backend?: string;
  /** How the response cache answered. */
  cache?: string;
  /** Whether the answer is an event stream, or a WebSocket. */
  isStream = false;
  /** Whether the gateway ended the answer early. */
  isBrokenOff = false;
  /** Bytes of the body that were written, also those that the client has not accepted yet. */
  writtenBytes = 0;
  /** When the head of the answer was known. Absent: no answer began. */
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

  /** Ends the stage before. */
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

  /** The head of the answer that the client gets has arrived from the backend. */
  headCame(atMs = performance.now()): void {
    this.headAtMs ??= atMs;
    this.enter('body', atMs);
  }

  /** The head is written to the client. The time is taken only if no backend has sent it. */
  answers(): void {
    if (this.headAtMs !== undefined) return;
    this.headAtMs = performance.now();
    this.enter('client', this.headAtMs);
  }

  /** A part of the body is written. */
  wrote(chunk: unknown, encoding: unknown): void {
    this.writtenBytes += bytesOf(chunk, encoding);
  }

  /** The time by which a request counts as slow. A stream lasts as long as its client wants, so its head counts. */
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
