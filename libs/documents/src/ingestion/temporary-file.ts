import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a stream into a file without a name. The system deletes it when its handle is closed, also if the process is
 * killed.
 * @throws errors of the stream and the disk
 */
export async function temporaryFile(content: Readable, signal: AbortSignal): Promise<FileHandle> {
  const path = join(tmpdir(), `slipstream-document-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    await pipeline(content, createWriteStream('', { fd: handle.fd, autoClose: false }), { signal });
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
