import { fstatSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

const readAt = promisify(read);
const CHUNK_BYTES = 256 * 1024;

/** An open file. The code that opened it closes its descriptor. */
export class FileSource {
  readonly bytes: number;

  constructor(readonly fd: number) {
    this.bytes = fstatSync(fd).size;
  }

  /** Up to `length` bytes from the beginning. */
  head(length: number): Buffer {
    const buffer = Buffer.alloc(Math.min(length, this.bytes));
    return buffer.subarray(0, readSync(this.fd, buffer, 0, buffer.length, 0));
  }

  whole(): Buffer {
    return this.head(this.bytes);
  }

  async *chunks(): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; at < this.bytes;) {
      const { bytesRead, buffer } = await readAt(this.fd, Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}
