import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { formatEventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { breakOff, markEventStream } from '@slipstream/http';

/** Yielded after a quiet time, so that the connection can be kept alive. */
export const QUIET = Symbol('quiet');

/** Values of an event stream. */
export type StreamItem = StoredEvent | typeof QUIET;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Proxies such as nginx then do not buffer the response.
  'x-accel-buffering': 'no',
};

/** All subscribers of a stream get the same event object, so its frame is created once. */
const frames = new WeakMap<StoredEvent, string>();

/** Returns the event as a frame of server-sent events (WHATWG HTML, 9.2). */
export function frameOf(stored: StoredEvent): string {
  const known = frames.get(stored);
  if (known !== undefined) return known;
  const { id, event } = stored;
  const { type, ...data } = event;
  const frame = `id: ${formatEventId(id)}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  frames.set(stored, frame);
  return frame;
}

/**
 * Sends events as server-sent events, no faster than the client reads them. A failing source closes the connection, and
 * the client reconnects with Last-Event-ID.
 * @param read the source; its signal is aborted when the client leaves
 */
export async function replyWithEvents(
  reply: FastifyReply,
  read: (gone: AbortSignal) => AsyncIterable<StreamItem>,
): Promise<void> {
  const gone = new AbortController();
  const { raw: response } = reply.hijack();
  response.once('close', () => gone.abort());
  if (response.destroyed) gone.abort(); // closed before the listener was added
  response.writeHead(200, HEADERS).flushHeaders();
  markEventStream(response);
  try {
    for await (const item of read(gone.signal)) {
      if (!response.write(item === QUIET ? ': quiet\n\n' : frameOf(item))) await drained(response);
      if (response.destroyed) return;
    }
    response.end();
  } catch {
    breakOff(response);
  }
}

/** Resolves when the client has read the written data, or has left. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
}
