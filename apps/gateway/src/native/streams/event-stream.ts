import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { formatEventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { breakOff, markEventStream } from '@slipstream/http';

/** Yielded when nothing happened for a while, so that the connection can be kept alive. */
export const QUIET = Symbol('quiet');

/** What an event stream yields. */
export type ToldEvent = StoredEvent | typeof QUIET;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx-like proxies in front of the gateway do not buffer the response then.
  'x-accel-buffering': 'no',
};

/** All subscribers of a stream get the same event object, so its frame is made once. */
const frames = new WeakMap<StoredEvent, string>();

/** The event as a frame of server-sent events (WHATWG HTML, 9.2). */
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
 * Responds with events as server-sent events, no faster than the client reads them. A source that fails cuts the
 * connection, and the client comes back with Last-Event-ID.
 * @param read the source; its signal is aborted when the client has gone
 */
export async function replyWithEvents(
  reply: FastifyReply,
  read: (gone: AbortSignal) => AsyncIterable<ToldEvent>,
): Promise<void> {
  const gone = new AbortController();
  const { raw: response } = reply.hijack();
  response.once('close', () => gone.abort());
  if (response.destroyed) gone.abort(); // closed before the listener was there
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

/** Resolves when the client has read what was written, or has gone. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
}
