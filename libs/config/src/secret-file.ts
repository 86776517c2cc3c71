import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Far above the size of any key or URL. */
const MAX_BYTES = 64 * 1024;
const NOT_UTF8 = 'ERR_ENCODING_INVALID_ENCODED_DATA';

/** @returns the secret in a file, or the reason for an error, without any part of the secret */
export async function readSecretFile(cwd: string, file: string): Promise<{ secret: string } | { text: string }> {
  try {
    const path = resolve(cwd, file);
    const stats = await stat(path);
    if (!stats.isFile()) return { text: 'is no regular file' }; // reading a FIFO would block
    if (stats.size > MAX_BYTES) return { text: `is larger than ${MAX_BYTES} bytes` };
    const secret = decoded(await readFile(path)).replace(/\r?\n$/, '');
    return secret.trim() === '' ? { text: 'is an empty file' } : { secret };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return { text: code === NOT_UTF8 ? 'is not UTF-8 text' : `can't be read (${code})` };
  }
}

/** Without a byte order mark, which editors of Windows write. @throws TypeError if it is not UTF-8 */
const decoded = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
