import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { formatEventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { breakOff, markEventStream } from '@slipstream/http';

/** Yielded when nothing happened for a while, so that the connection can be kept alive. */
export const QUIET = Symbol('quiet');

/** What readers are told. */
export type ToldEvent = StoredEvent | typeof QUIET;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Tells nginx-like proxies in front of us not to buffer.
  'x-accel-buffering': 'no',
};

/**
 * Answers with events as server-sent events (WHATWG HTML, 9.2), no faster than the reader takes them. A source that
 * fails cuts the connection, and the reader comes back with Last-Event-ID.
 * @param read the source; its signal is aborted when the reader has gone
 */
export async function replyWithEvents(reply: FastifyReply, read: (gone: AbortSignal) => AsyncIterable<ToldEvent>): Promise<void> {
  const gone = new AbortController();
  const { raw: response } = reply.hijack();
  response.once('close', () => gone.abort());
  response.writeHead(200, HEADERS).flushHeaders();
  markEventStream(response);
  try {
    for await (const item of read(gone.signal)) {
      if (!response.write(item === QUIET ? ': quiet\n\n' : toFrame(item))) await drained(response);
      if (response.destroyed) return;
    }
    response.end();
  } catch {
    breakOff(response);
  }
}

function toFrame({ id, event: { type, ...data } }: StoredEvent): string {
  return `id: ${formatEventId(id)}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Resolves when the reader has taken what was written, or has gone. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await Promise.race([once(response, 'drain'), once(response, 'close')]);
}
