import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '@slipstream/contracts';
import { isHttp2 } from './http2-messages.js';

/**
 * The body exceeds the limit of its reader. Answer 413 with `Connection: close`, because the rest of it was not read.
 */
export class BodyTooLargeError extends InvalidInputError {
  constructor(maxBytes: number) {
    super(
      'body_too_large',
      `The request body is larger than the ${maxBytes} bytes that are accepted here; send less.`,
      { context: { maxBytes } },
    );
  }
}

/** The client left before its body was complete. No answer can be sent. */
export class BodyIncompleteError extends InvalidInputError {
  constructor(cause?: unknown) {
    super('body_incomplete', 'The connection ended before the end of the request body; send the request again.', {
      cause,
    });
  }
}

export interface ReadBodyOptions {
  maxBytes: number;
  /**
   * Receives each piece as it arrives. The request is then read in turns, so that this work does not block the event
   * loop.
   */
  onChunk?: (chunk: Buffer) => void;
}

/**
 * Without a limit, libuv reads up to 2 MiB from a fast client in one turn of the event loop, and `onChunk` runs for all
 * of it.
 */
const BYTES_PER_TURN = 64 * 1024;

/**
 * Reads a whole request body.
 *
 * @throws BodyTooLargeError `body_too_large`: before reading if Content-Length exceeds the limit, else once the body
 *   does
 * @throws BodyIncompleteError `body_incomplete` if the client leaves first
 */
export async function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Buffer> {
  return Buffer.concat(await readChunks(request, options));
}

/** Same as {@link readBody}, in pieces: joining 20 MiB blocks the event loop for 20 ms. */
export function readChunks(request: IncomingMessage, options: ReadBodyOptions): Promise<Buffer[]> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > options.maxBytes) return Promise.reject(new BodyTooLargeError(options.maxBytes));
  if (request.readableEnded) return Promise.resolve([]); // no further event follows
  const arrived = takeArrived(request, length);
  if (!arrived) return collect(request, options.maxBytes, options.onChunk);
  options.onChunk?.(arrived);
  return Promise.resolve([arrived]);
}

/** A small body that has arrived already is taken at once, because listeners cost more. */
function takeArrived(request: IncomingMessage, length: number): Buffer | undefined {
  const isWhole = length > 0 && length <= BYTES_PER_TURN && request.readableLength === length;
  if (!isWhole || request.destroyed || isHttp2(request)) return undefined;
  const body = request.read() as Buffer;
  request.resume(); // to its end, which the server waits for
  return body;
}

/** Uses listeners, because leaving a `for await` early would destroy the request, and the answer with it. */
function collect(request: IncomingMessage, maxBytes: number, onChunk?: (chunk: Buffer) => void): Promise<Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>();
  let chunks: Buffer[] = [];
  let size = 0;
  const endTurn = onChunk === undefined ? undefined : turnsOf(request);
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) return reject(new BodyTooLargeError(maxBytes));
    chunks.push(chunk);
    onChunk?.(chunk);
    endTurn?.(chunk.length);
  };
  const onEnd = (): void => resolve(chunks);
  const onError = (cause: Error): void => reject(new BodyIncompleteError(cause));
  const onClose = (): void => reject(new BodyIncompleteError());
  request.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  if (request.destroyed) onClose();
  return promise.finally(() => {
    request.off('data', onData).off('end', onEnd).off('close', onClose).pause();
    chunks = []; // `onError` stays, and whatever keeps the request would keep them too
  });
}

/**
 * @returns a function to call with the length of each chunk. Once it has counted the bytes of a turn, it pauses the
 *   request until the next turn
 */
function turnsOf(request: IncomingMessage): (bytes: number) => void {
  let left = BYTES_PER_TURN;
  return (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = BYTES_PER_TURN;
    request.pause();
    // If the caller has given up, no listener is left, and the request stays paused.
    setImmediate(() => request.listenerCount('data') > 0 && request.resume());
  };
}
