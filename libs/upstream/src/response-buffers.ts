import type { ServerResponse } from 'node:http';

/** How much of answers may wait here for clients that take less than their backends send. */
export interface ResponseBufferLimits {
  /** Of one answer. Default 262144 (256 KiB); 0: no more than Node keeps anyway. */
  maxBytes?: number;
  /** Of all answers together. Default 67108864 (64 MiB). */
  totalBytes?: number;
}

/**
 * The end of an answer is taken from its backend as far as it fits in here, so that a client that reads slowly, or not
 * at all, does not hold a place at the backend for it.
 */
export class ResponseBuffers {
  readonly maxBytes: number;
  private freeBytes: number;

  constructor({ maxBytes = 256 * 1024, totalBytes = 64 * 1024 * 1024 }: ResponseBufferLimits = {}) {
    this.maxBytes = maxBytes;
    this.freeBytes = totalBytes;
  }

  /** @returns whether there were as many */
  take(bytes: number): boolean {
    if (bytes > this.freeBytes) return false;
    this.freeBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.freeBytes += bytes;
  }
}

/** One answer's share. */
export class ResponseBuffer {
  private takenBytes = 0;

  constructor(
    private readonly buffers: ResponseBuffers,
    private readonly response: ServerResponse,
  ) {
    response.once('close', () => this.release());
  }

  /** @returns whether what waits for the client now may wait here, so that more may come */
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
