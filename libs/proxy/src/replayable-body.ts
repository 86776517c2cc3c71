import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { hasBody, readBody } from '@slipstream/http';
import type { RequestBody } from '@slipstream/upstream';

/**
 * Makes a request's body ready to be sent. One that says it is small is read first, so that it can be sent again, and
 * so that a slow client holds no backend.
 *
 * @param onReady called at once unless the body has to be read; not at all when the client leaves before its end
 */
export function readyBody(
  request: IncomingMessage,
  replayMaxBytes: number,
  onReady: (body: RequestBody) => void,
): void {
  if (!hasBody(request)) return onReady(null);
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (length > replayMaxBytes) return onReady(streamOf(request));
  readBody(request, { maxBytes: replayMaxBytes }).then(onReady, () => request.destroy());
}

/**
 * A connection to a backend destroys what it reads from when it breaks, or when the backend answers before the end.
 * Given the client's own stream, it would take the client's connection down, and the answer with it.
 */
// the exchange tells of the error
const streamOf = (request: IncomingMessage): Readable => request.pipe(new PassThrough()).on('error', () => {});
