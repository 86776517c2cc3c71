import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { hasBody, readBody, type RequestBodyBudget } from '@slipstream/http';
import type { RequestBody } from '@slipstream/upstream';

/** Limits of the content that is kept until its answer begins. */
export interface KeptContent {
  /** Largest content. */
  replayMaxBytes: number;
  /** Memory for all of it. Absent: unlimited. */
  bodies?: RequestBodyBudget;
}

/**
 * Prepares a request's body for its backend. A body that is small by its length is read first, so that it can be sent
 * again, and a slow client occupies no backend. Without memory for it, it is passed on like a large one.
 *
 * @param onReady called at once unless the body has to be read; never called if the client leaves before its end
 */
export function readyBody(
  request: IncomingMessage,
  response: ServerResponse,
  { replayMaxBytes, bodies }: KeptContent,
  onReady: (body: RequestBody) => void,
): void {
  if (!hasBody(request)) return onReady(null);
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (length > replayMaxBytes || bodies?.tryAdmit(request, response, replayMaxBytes) === false)
    return onReady(streamOf(request));
  readBody(request, { maxBytes: replayMaxBytes }).then(onReady, () => request.destroy());
}

/**
 * A connection to a backend destroys its source when it breaks, or when the backend answers before the end. The
 * client's own stream would then end the client's connection, and with it the answer.
 */
// the exchange reports the error
const streamOf = (request: IncomingMessage): Readable => request.pipe(new PassThrough()).on('error', () => {});
