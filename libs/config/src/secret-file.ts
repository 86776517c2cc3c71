import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Far more than any key or URL needs. */
const MAX_BYTES = 64 * 1024;

/** @returns the secret that a file holds, or why there is none; never a part of it */
export async function readSecretFile(cwd: string, file: string): Promise<{ secret: string } | { text: string }> {
  try {
    const path = resolve(cwd, file);
    const stats = await stat(path);
    if (!stats.isFile()) return { text: 'is no regular file' }; // a FIFO would be waited for
    if (stats.size > MAX_BYTES) return { text: `is larger than ${MAX_BYTES} bytes` };
    const secret = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    return secret.trim() === '' ? { text: 'is an empty file' } : { secret };
  } catch (error) {
    return { text: `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
