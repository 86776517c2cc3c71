import type { IncomingMessage } from 'node:http';
import { InvalidInputError } from '@slipstream/contracts';
import { isHttp2 } from './http2-messages.js';

/** The body is larger than what is read here. Answer 413 with `Connection: close`: the rest of it was not read. */
export class BodyTooLargeError extends InvalidInputError {
  constructor(maxBytes: number) {
    super(
      'body_too_large',
      `The request body is larger than the ${maxBytes} bytes that are accepted here; send less.`,
      { context: { maxBytes } },
    );
  }
}

/** The client left before its body had arrived: there is nobody to answer. */
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
   * Called with each piece as it arrives. The request is then read in turns, so that this work does not hold the event
   * loop.
   */
  onChunk?: (chunk: Buffer) => void;
}

/**
 * Without a bound, libuv reads up to 2 MiB of a fast client in one turn of the event loop, and `onChunk` runs for all
 * of it.
 */
const BYTES_PER_TURN = 64 * 1024;

/**
 * Reads a whole request body.
 *
 * @throws BodyTooLargeError `body_too_large`, before reading when Content-Length says so, else as soon as it shows
 * @throws BodyIncompleteError `body_incomplete` when the client goes away meanwhile
 */
export async function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Buffer> {
  return Buffer.concat(await readChunks(request, options));
}

/** As {@link readBody}, in pieces: joining 20 MiB holds the event loop for 20 ms. */
export function readChunks(request: IncomingMessage, options: ReadBodyOptions): Promise<Buffer[]> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > options.maxBytes) return Promise.reject(new BodyTooLargeError(options.maxBytes));
  if (request.readableEnded) return Promise.resolve([]); // no further event follows
  const arrived = takeArrived(request, length);
  if (!arrived) return collect(request, options.maxBytes, options.onChunk);
  options.onChunk?.(arrived);
  return Promise.resolve([arrived]);
}

/** A small body that is here already is taken at once, because listeners cost more than it does. */
function takeArrived(request: IncomingMessage, length: number): Buffer | undefined {
  const isWhole = length > 0 && length <= BYTES_PER_TURN && request.readableLength === length;
  if (!isWhole || request.destroyed || isHttp2(request)) return undefined;
  const body = request.read() as Buffer;
  request.resume(); // to its end, which the server waits for
  return body;
}

/** By listeners: leaving a `for await` early would destroy the request, and the answer with it. */
function collect(request: IncomingMessage, maxBytes: number, onChunk?: (chunk: Buffer) => void): Promise<Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>();
  const chunks: Buffer[] = [];
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
  return promise.finally(() => request.off('data', onData).off('end', onEnd).off('close', onClose).pause());
}

/**
 * @returns a function to call with the length of each chunk: it pauses the request until the next turn once a turn's
 * bytes were read
 */
function turnsOf(request: IncomingMessage): (bytes: number) => void {
  let left = BYTES_PER_TURN;
  return (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = BYTES_PER_TURN;
    request.pause();
    // A reader that has given up leaves no listener, and keeps the request paused.
    setImmediate(() => request.listenerCount('data') > 0 && request.resume());
  };
}
