import type { Readable } from 'node:stream';

/**
 * Reads a whole body as UTF-8.
 * @param onChunk called with each piece as it comes.
 * @throws Error when it is larger than `maxBytes`, which then is not read on
 */
export async function readLimited(
  body: Readable,
  maxBytes: number,
  onChunk?: (chunk: Buffer) => void,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
    onChunk?.(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
