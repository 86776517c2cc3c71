import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Far above the size of any key or URL. */
const MAX_BYTES = 64 * 1024;

/** @returns the secret in a file, or the reason for an error, without any part of the secret */
export async function readSecretFile(cwd: string, file: string): Promise<{ secret: string } | { text: string }> {
  try {
    const path = resolve(cwd, file);
    const stats = await stat(path);
    if (!stats.isFile()) return { text: 'is no regular file' }; // reading a FIFO would block
    if (stats.size > MAX_BYTES) return { text: `is larger than ${MAX_BYTES} bytes` };
    const secret = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    return secret.trim() === '' ? { text: 'is an empty file' } : { secret };
  } catch (error) {
    return { text: `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
