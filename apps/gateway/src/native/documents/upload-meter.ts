import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { KIND_HEAD_BYTES } from '@slipstream/documents';
import { fileTooLarge } from './upload-limits.js';

/** Forwards a file, and records its size, hash and first bytes. */
export class UploadMeter extends Transform {
  bytes = 0;
  private readonly hash = createHash('sha256');
  private readonly beginning: Buffer[] = [];

  /** @param tooLarge makes the error of a longer file. Default: `document_too_large` */
  constructor(
    private readonly maxBytes: number,
    private readonly tooLarge: (maxBytes: number) => Error = fileTooLarge,
  ) {
    super();
  }

  /** SHA-256 of the forwarded bytes. Call it once, at the end. */
  digest(): string {
    return this.hash.digest('hex');
  }

  /** The first bytes. */
  get head(): Buffer {
    return Buffer.concat(this.beginning).subarray(0, KIND_HEAD_BYTES);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.bytes < KIND_HEAD_BYTES) this.beginning.push(chunk.subarray(0, KIND_HEAD_BYTES));
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) return done(this.tooLarge(this.maxBytes));
    this.hash.update(chunk);
    done(null, chunk);
  }
}
