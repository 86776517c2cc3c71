import type { ServerResponse } from 'node:http';
import { ResponseWriter } from './response-writer.js';
import { WriteWindow } from './write-window.js';

export { bytesWrittenAhead } from './write-window.js';

/** A body that is read as fast as its client accepts it. */
export interface BodySource {
  /** Whether the body stays in memory until it is written, regardless of its readers. */
  readonly isInMemory: boolean;
  /** Whether everything was read and no more data will come. */
  readonly isOver: boolean;
  /** @returns the next bytes, at most that many; undefined if none are available now */
  read(maxBytes: number): Buffer | undefined;
  /** Called once, when everything was read or the client has left. */
  close(): void;
}

/**
 * Writes a body as fast as its client accepts it, so that a slow client costs one window (see `WriteWindow`) and not
 * the whole body. Ends the answer after the last byte.
 */
export class BodyWriter {
  private readonly window: WriteWindow;
  private readonly writer: ResponseWriter;
  private isOver = false;

  /** @param onDone called once, when the answer has ended or the client has left */
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

  /**
   * Writes the available data as far as there is room. To be called whenever the source has more data, or has ended.
   */
  pump(): void {
    for (let room = this.window.room; room > 0 && !this.isOver && !this.response.destroyed; room = this.window.room) {
      const piece = this.source.read(room);
      if (!piece) break;
      this.write(piece);
    }
    if (!this.isOver && this.source.isOver) this.end();
  }

  /** Stops writing. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.source.close();
    this.onDone();
  }

  private write(piece: Buffer): void {
    const { length } = piece;
    const onTaken = (error?: Error | null): void => {
      if (error) return this.stop(); // A body that is complete in memory.
      this.window.whenFree(() => {
        this.window.remove(length);
        this.pump();
      });
    };
    this.window.add(length);
    this.writer.write(piece, onTaken);
  }

  private end(): void {
    this.writer.end();
    this.stop();
  }
}

/** @param onClose called when the body is read no more */
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
