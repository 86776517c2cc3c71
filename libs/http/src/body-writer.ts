import type { ServerResponse } from 'node:http';
import { ResponseWriter } from './response-writer.js';
import { WriteWindow } from './write-window.js';

export { bytesWrittenAhead } from './write-window.js';

/** A body that is read as its client takes it. */
export interface BodySource {
  /** Whether the body stays in memory until it is written, whoever reads it. */
  readonly isInMemory: boolean;
  /** Everything was read, and no more will come. */
  readonly isOver: boolean;
  /** @returns the next bytes, at most that many; undefined: none are here now */
  read(maxBytes: number): Buffer | undefined;
  /** Nothing more is read: everything was, or the client has left. Called once. */
  close(): void;
}

/**
 * Writes a body no faster than its client takes it, so that a client that does not read costs one window (see
 * `WriteWindow`) and not the whole body. Ends the answer after the last byte.
 */
export class BodyWriter {
  private readonly window: WriteWindow;
  private readonly writer: ResponseWriter;
  private isOver = false;

  /** @param onDone called once: the answer is ended, or the client has left */
  constructor(
    private readonly response: ServerResponse,
    private readonly source: BodySource,
    private readonly onDone: () => void,
  ) {
    this.window = new WriteWindow(response, source.isInMemory);
    this.writer = new ResponseWriter(response);
    response.once('close', () => {
      this.window.close();
      this.stop();
    });
  }

  /** Writes what is here and has room. To be called whenever the source has more, or is over. */
  pump(): void {
    for (let room = this.window.room; room > 0 && !this.isOver && !this.response.destroyed; room = this.window.room) {
      const piece = this.source.read(room);
      if (!piece) break;
      this.write(piece);
    }
    if (!this.isOver && this.source.isOver) this.end();
  }

  /** Writes no more. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.source.close();
    this.onDone();
  }

  private write(piece: Buffer): void {
    const { length } = piece;
    const onTaken = (error?: Error | null): void => {
      if (error) return this.stop(); // the client has left; `close` may follow much later
      this.window.remove(length);
      this.pump();
    };
    this.window.add(length);
    this.writer.write(piece, onTaken);
  }

  private end(): void {
    this.writer.end();
    this.stop();
  }
}

/** A body that is all here. */
export class WholeBody implements BodySource {
  readonly isInMemory = true;
  private at = 0;

  /** @param onClose nothing of it is read any more */
  constructor(
    private readonly bytes: Buffer,
    private readonly onClose: () => void = () => {},
  ) {}

  get isOver(): boolean {
    return this.at >= this.bytes.length;
  }

  read(maxBytes: number): Buffer | undefined {
    if (this.isOver) return undefined;
    const piece = this.bytes.subarray(this.at, this.at + maxBytes);
    this.at += piece.length;
    return piece;
  }

  close(): void {
    this.onClose();
  }
}
