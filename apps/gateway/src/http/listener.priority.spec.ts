import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getFields, headers, rawHttp2 } from './testing/http2-frames.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
  local.close();
});

/** RFC 9113 section 6.1. */
const DATA = 0;
const END_STREAM = 1;

/** Far more than the window of a connection (64 KiB), so that most bytes wait for their turn. */
const BODY = Buffer.alloc(1_000_000, 'x');

/** Extensible priorities (RFC 9218): nghttp2 schedules the streams of a connection by their requests' field. */
describe('answers of one connection', () => {
  it.each([
    ['at once', (response: ServerResponse) => void response.end('a file')],
    ['before its end', (response: ServerResponse) => void (response.write('a file'), response.end())],
  ])('end with their last bytes, written %s', async (_, write) => {
    const tls = await makeSelfSignedPair('127.0.0.1');
    const { port } = await local.start((_request, response) => write(response), { tls });
    const { socket, frames } = await rawHttp2(port, tls.cert);
    socket.write(headers(1, getFields()));
    const dataFrames = await vi.waitFor(() => {
      const sent = frames().filter(({ type, stream }) => type === DATA && stream === 1);
      expect(sent.at(-1)?.flags).toBe(END_STREAM);
      return sent;
    });
    expect(Buffer.concat(dataFrames.map(({ payload }) => payload)).toString()).toBe('a file');
    expect(dataFrames.at(-1)!.payload.length).toBeGreaterThan(0);
    socket.destroy();
  });

  it('are sent by urgency, and in turn if their requests allow it', async () => {
    const priorities = ['u=6', 'u=5, i', 'u=5, i', undefined, 'u=1', 'u=0'];
    const waiting: ServerResponse[] = [];
    const tls = await makeSelfSignedPair('127.0.0.1');
    const { url } = await local.start(
      (_, response) => {
        waiting.push(response);
        if (waiting.length === priorities.length) for (const each of waiting) each.end(BODY);
      },
      { tls },
    );
    const session = connect(url, { ca: tls.cert, settings: { initialWindowSize: 2 * BODY.length } });
    sessions.push(session);
    const ended: (string | undefined)[] = [];
    const bytesAtEnds = new Map<number, number>();
    const received = priorities.map(() => 0);
    await Promise.all(
      priorities.map(async (priority, index) => {
        const stream = session.request({ ':path': `/${index}`, ...(priority && { priority }) });
        stream.on('data', (chunk: Buffer) => (received[index] = received[index]! + chunk.length));
        await once(stream, 'end');
        ended.push(priority);
        bytesAtEnds.set(index, Math.min(received[1]!, received[2]!));
      }),
    );
    expect(ended).toEqual(['u=0', 'u=1', undefined, 'u=5, i', 'u=5, i', 'u=6']);
    // Both incremental answers had most of their bytes when the first of them ended.
    expect(Math.min(bytesAtEnds.get(1)!, bytesAtEnds.get(2)!)).toBeGreaterThan(0.8 * BODY.length);
  });
});
