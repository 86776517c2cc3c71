import type { ServerResponse } from 'node:http';
import type { Answer } from '../policy/answer.js';
import type { ReadRequest } from '../policy/cache-request.js';

/** A client that waits for an answer, and what is to happen otherwise. */
export interface ReaderPorts {
  readonly response: ServerResponse;
  /** The head is about to be written; may add fields. `isShared`: others get this answer too, so nothing may be added that is this client's own. */
  readonly onHead?: (statusCode: number, headers: string[], isShared: boolean) => void;
  /** The answer that was waited for isn't for this client: look it up again. Nothing was sent. */
  readonly onReleased: () => void;
  /** There is no answer. Nothing was sent. */
  readonly onFailed: (error: unknown) => void;
  /** It is over, however it ended: the client was answered, told by breaking off, or has left. Not after a release or a failure. */
  readonly onDone?: () => void;
}

/** One client of a fetch that it may share with others. */
export class Reader {
  #isOver = false;
  #stall?: NodeJS.Timeout;

  /** @param onLeft told when the client goes before its answer is complete */
  constructor(
    readonly request: ReadRequest,
    private readonly ports: ReaderPorts,
    private readonly onLeft: (reader: Reader) => void,
  ) {
    ports.response.once('close', this.#onClose);
  }

  get needsDrain(): boolean {
    return !this.#isOver && this.ports.response.writableNeedDrain;
  }

  /** Gives a whole answer. */
  answer({ statusCode, headers, body }: Answer, isShared: boolean): void {
    if (!this.begin(statusCode, headers, isShared)) return;
    this.ports.response.end(body);
    this.#end();
  }

  /** @returns whether the client is there to hear the rest */
  begin(statusCode: number, headers: string[], isShared: boolean): boolean {
    if (this.#isOver) return false;
    this.ports.onHead?.(statusCode, headers, isShared);
    this.ports.response.writeHead(statusCode, headers);
    return true;
  }

  write(chunk: Buffer): void {
    if (!this.#isOver) this.ports.response.write(chunk);
  }

  /** Sends what was written so far at once. */
  flush(): void {
    if (!this.#isOver) this.ports.response.flushHeaders();
  }

  complete(): void {
    if (this.#isOver) return;
    this.ports.response.end();
    this.#end();
  }

  /** Tells the client, by breaking off, that the rest won't come. */
  breakOff(): void {
    if (this.#isOver) return;
    this.#end();
    this.ports.response.destroy();
  }

  release(): void {
    if (this.#settle()) this.ports.onReleased();
  }

  fail(error: unknown): void {
    if (this.#settle()) this.ports.onFailed(error);
  }

  /** Calls back once the client takes more. @param stallMs absent: it may take its time; else it is broken off then, for it holds up others */
  whenDrained(stallMs: number | undefined, onDrained: () => void): void {
    if (stallMs !== undefined) this.#stall ??= setTimeout(() => this.#giveUp(), stallMs);
    this.ports.response.once('drain', () => {
      clearTimeout(this.#stall);
      this.#stall = undefined;
      onDrained();
    });
  }

  #giveUp(): void {
    this.breakOff();
    this.onLeft(this);
  }

  readonly #onClose = (): void => {
    if (!this.#isOver) {
      this.#end();
      this.onLeft(this);
    }
  };

  #end(): void {
    if (this.#settle()) this.ports.onDone?.();
  }

  #settle(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#stall);
    this.ports.response.off('close', this.#onClose);
    return true;
  }
}
