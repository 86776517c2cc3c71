import type { ServerResponse } from 'node:http';

/** Limits for the data of answers that waits here for slow clients. */
export interface ResponseBufferLimits {
  /** Limit of one answer. Default 262144 (256 KiB); 0: only Node's own buffer. */
  maxBytes?: number;
  /** Limit of all answers together. Default 67108864 (64 MiB). */
  totalBytes?: number;
}

/**
 * Buffers the end of answers, so that a client that reads slowly, or not at all, does not occupy a place at the
 * backend.
 */
export class ResponseBuffers {
  readonly maxBytes: number;
  private freeBytes: number;

  constructor({ maxBytes = 256 * 1024, totalBytes = 64 * 1024 * 1024 }: ResponseBufferLimits = {}) {
    this.maxBytes = maxBytes;
    this.freeBytes = totalBytes;
  }

  /** @returns whether the bytes were available */
  take(bytes: number): boolean {
    if (bytes > this.freeBytes) return false;
    this.freeBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.freeBytes += bytes;
  }
}

/** The buffer of one answer. */
export class ResponseBuffer {
  private takenBytes = 0;

  constructor(
    private readonly buffers: ResponseBuffers,
    private readonly response: ServerResponse,
  ) {
    response.once('close', () => this.release());
  }

  /** @returns whether the waiting data fits into the buffer, so that more may be read */
  hasRoom(): boolean {
    const pendingBytes = this.response.writableLength;
    if (pendingBytes >= this.buffers.maxBytes) return false;
    const more = pendingBytes - this.takenBytes;
    if (more <= 0) return true;
    if (!this.buffers.take(more)) return false;
    if (this.takenBytes === 0) this.response.once('drain', () => this.release());
    this.takenBytes += more;
    return true;
  }

  private release(): void {
    this.buffers.giveBack(this.takenBytes);
    this.takenBytes = 0;
  }
}
