import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '@slipstream/contracts';

/** The body is larger than what is read here. Answer 413 with `Connection: close`: the rest of it was not read. */
export class BodyTooLargeError extends InvalidInputError {
  constructor(maxBytes: number) {
    super('body_too_large', `The request body is larger than the ${maxBytes} bytes that are accepted here; send less.`, { context: { maxBytes } });
  }
}

/** The client left before its body had arrived: there is nobody to answer. */
export class BodyIncompleteError extends InvalidInputError {
  constructor(cause?: unknown) {
    super('body_incomplete', 'The connection ended before the request body did; send it again.', { cause });
  }
}

export interface ReadBodyOptions {
  maxBytes: number;
  onChunk?: (chunk: Buffer) => void;
}

/**
 * Reads a whole request body.
 *
 * @param onChunk called with each piece as it comes
 * @throws BodyTooLargeError `body_too_large`, before reading when Content-Length says so, else as soon as it shows
 * @throws BodyIncompleteError `body_incomplete` when the client goes away meanwhile
 */
export function readBody(request: IncomingMessage, { maxBytes, onChunk }: ReadBodyOptions): Promise<Buffer> {
  const tooLarge = Number(request.headers['content-length'] ?? 0) > maxBytes;
  return tooLarge ? Promise.reject(new BodyTooLargeError(maxBytes)) : collect(request, maxBytes, onChunk);
}

/** By listeners: leaving a `for await` early would destroy the request, and the answer with it. */
function collect(request: IncomingMessage, maxBytes: number, onChunk?: (chunk: Buffer) => void): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) reject(new BodyTooLargeError(maxBytes));
    else {
      chunks.push(chunk);
      onChunk?.(chunk);
    }
  };
  const onEnd = (): void => resolve(Buffer.concat(chunks, size));
  const onError = (cause: Error): void => reject(new BodyIncompleteError(cause));
  const onClose = (): void => reject(new BodyIncompleteError());
  request.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  if (request.destroyed) onClose();
  return promise.finally(() => request.off('data', onData).off('end', onEnd).off('close', onClose).pause());
}
