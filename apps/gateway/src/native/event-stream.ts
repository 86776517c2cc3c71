import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { formatEventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { breakOff } from '@slipstream/http';
import { QUIET } from './job-events.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Tells nginx-like proxies in front of us not to buffer.
  'x-accel-buffering': 'no',
};

/**
 * Writes events as server-sent events (WHATWG HTML, 9.2), no faster than the reader takes them. A source that fails
 * cuts the connection, and the reader comes back with Last-Event-ID.
 */
export async function writeEventStream(response: ServerResponse, source: AsyncIterable<StoredEvent | typeof QUIET>): Promise<void> {
  response.writeHead(200, HEADERS).flushHeaders();
  try {
    for await (const item of source) {
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
