import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
  local.close();
});

/** Far more than the window of a connection (64 KiB), so that most bytes wait for their turn. */
const BODY = Buffer.alloc(1_000_000, 'x');

/** Extensible priorities (RFC 9218): nghttp2 schedules the streams of a connection by their requests' field. */
describe('answers of one connection', () => {
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
