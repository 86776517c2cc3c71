import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { breakOff } from './break-off.js';
import { endToEndHeaders, type RawHeaders } from './end-to-end-headers.js';
import { announcesEventStream } from './field-value.js';
import { sendHead } from './send-head.js';
import { markEventStream } from './write-idle-marks.js';

/** An answer of a backend whose body is still to come, as undici's `request` gives it with `responseHeaders: 'raw'`. */
export interface UpstreamResponse {
  statusCode: number;
  headers: RawHeaders;
  body: Readable;
}

/** How it ended. `truncated`: the backend broke off, and so did we; `client-left`: nobody is there to hear the rest. */
export type ForwardOutcome =
  | { readonly type: 'complete' }
  | { readonly type: 'client-left' }
  | { readonly type: 'truncated'; readonly cause: unknown };

/**
 * Passes an answer on as it comes: headers at once and without those that mean one connection only, the body unbuffered
 * and no faster than the client takes it. When the backend breaks off, the client's connection is destroyed, so that
 * half an answer is never taken for a whole one; when the client leaves, `body` is destroyed, which ends the backend's
 * work.
 *
 * @throws TypeError when the backend's header fields can't be sent (illegal characters); nothing has been sent then
 */
export async function forwardResponse(upstream: UpstreamResponse, response: ServerResponse): Promise<ForwardOutcome> {
  const { body } = upstream;
  begin(upstream, response);
  let brokeOff: boolean | undefined; // whether the body ended before the client left, whoever ended it
  const noteOrder = (): void => void (brokeOff ??= !response.destroyed);
  const onError = (): void => {
    noteOrder();
    if (brokeOff) breakOff(response);
  };
  body.once('error', onError).once('close', noteOrder);
  try {
    await pipeline(body, response); // whichever breaks, it destroys the other
    return { type: 'complete' };
  } catch (cause) {
    return brokeOff ? { type: 'truncated', cause } : { type: 'client-left' };
  }
}

function begin({ statusCode, headers, body }: UpstreamResponse, response: ServerResponse): void {
  try {
    sendHead(response, statusCode, endToEndHeaders(headers));
    if (announcesEventStream(headers)) markEventStream(response);
    response.flushHeaders(); // an event stream's client wants to know that it is connected
  } catch (error) {
    body.on('error', () => {}).destroy();
    throw error;
  }
}
