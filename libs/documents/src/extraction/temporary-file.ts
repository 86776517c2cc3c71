import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';

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
    // A write stream would close the descriptor under the handle, which hides the first error behind EBADF.
    await handle.writeFile(addAbortSignal(signal, content));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
