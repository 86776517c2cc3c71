import type { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { ask } from './testing/ask.js';
import { RawOrigins } from './testing/raw-origins.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const origins = new RawOrigins();
afterEach(() => origins.close());

const TEXT = 'too large';
const LENGTH = `HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: ${TEXT.length}\r\n\r\n${TEXT}`;
const CHUNKED =
  'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: ' +
  `chunked\r\n\r\n${TEXT.length.toString(16)}\r\n${TEXT}\r\n0\r\n\r\n`;
const UNTIL_CLOSE = `HTTP/1.0 413 Content Too Large\r\n\r\n${TEXT}`;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How much an origin reads before it answers, in how many pieces the answer comes, and how the connection ends. */
interface Timing {
  readBytes: number;
  pieces: number;
  close: (socket: Socket) => void;
}

const reset = (socket: Socket): void => void socket.resetAndDestroy();
/** With unread data, which makes a reset of it. */
const closeHard = (socket: Socket): void => void socket.destroy();
const END_TIMINGS: [string, Timing['close']][] = [
  ['resets', reset],
  ['closes with unread data', closeHard],
];
const TIMINGS: [string, Timing][] = END_TIMINGS.flatMap(([name, close]) =>
  [1, 60_000, 1_000_000].flatMap((readBytes) =>
    [1, 2, 5].map((pieces): [string, Timing] => [
      `${name} after ${readBytes} bytes, ${pieces} pieces`,
      { readBytes, pieces, close },
    ]),
  ),
);

/** Answers before the upload has ended, and closes hard. */
function earlyOrigin(answer: string, { readBytes, pieces, close }: Timing): Promise<string> {
  return origins.raw((socket) => {
    socket.setNoDelay(true); // or a later piece would wait for an acknowledgement, and never leave
    let read = 0;
    const onData = async (chunk: Buffer): Promise<void> => {
      if ((read += chunk.length) < readBytes) return;
      socket.off('data', onData).pause();
      const size = Math.ceil(answer.length / pieces);
      for (let at = 0; at < answer.length; at += size) {
        socket.write(answer.slice(at, at + size), 'latin1');
        if (pieces > 1) await nextTurn();
      }
      close(socket);
    };
    socket.on('data', (chunk: Buffer) => void onData(chunk));
  });
}

const PIECE = Buffer.alloc(64 * 1024);
const upload = (): Readable => Readable.from(Array<Buffer>(128).fill(PIECE), { objectMode: false });
const LENGTH_FIELDS = ['Host', 'app', 'Content-Length', String(128 * PIECE.length)];

describe.each([
  ['with a length', LENGTH, 413],
  ['in chunks', CHUNKED, 401],
  ['that ends with its connection', UNTIL_CLOSE, 413],
])('an early answer %s is read to its end', (_, answer, status) => {
  it.each(TIMINGS)('when the origin %s', async (_name, timing) => {
    const pool = new Http1Pool(await earlyOrigin(answer, timing));
    origins.closing(() => pool.destroy());
    for (let round = 0; round < 10; round++) {
      const isChunked = round % 2 === 0;
      const heard = await ask(pool, {
        method: 'POST',
        body: upload(),
        headers: isChunked ? ['Host', 'app'] : LENGTH_FIELDS,
      });
      expect(heard).toMatchObject({ end: 'end', status, body: TEXT });
    }
    expect(pool.stats).toEqual({ connections: 0, idle: 0 });
  });

  it.each(END_TIMINGS)(
    'when more of the body meets the closed connection before the answer is read, and the origin %s',
    async (_name, close) => {
      let body = new PassThrough();
      const url = await origins.raw((socket) => {
        socket.setNoDelay(true).once('data', () => {
          socket.pause().write(answer, 'latin1');
          close(socket);
          for (let piece = 0; piece < 3; piece++) body.write(PIECE);
        });
      });
      const pool = new Http1Pool(url);
      origins.closing(() => pool.destroy());
      for (let round = 0; round < 30; round++) {
        body = new PassThrough({ highWaterMark: 16 * PIECE.length });
        body.write(PIECE);
        expect(
          await ask(pool, { method: 'POST', body, headers: round % 2 === 0 ? ['Host', 'app'] : LENGTH_FIELDS }),
        ).toMatchObject({ end: 'end', status, body: TEXT });
      }
    },
  );
});

it.each([
  ['before any answer', '', 'http1_closed'],
  ['within a head', 'HTTP/1.1 413 Content', 'http1_truncated'],
  [
    'within a body of known length',
    'HTTP/1.1 413 Content Too Large\r\nContent-Length: 100\r\n\r\ntoo',
    'http1_truncated',
  ],
  ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf', 'http1_truncated'],
  ['within a good answer that would end with its connection', 'HTTP/1.0 200 OK\r\n\r\nhalf', 'http1_truncated'],
])('a reset %s stays an error', async (_, answer, code) => {
  const pool = new Http1Pool(await earlyOrigin(answer, { readBytes: 60_000, pieces: 1, close: reset }));
  origins.closing(() => pool.destroy());
  for (let round = 0; round < 10; round++)
    expect(await ask(pool, { method: 'POST', body: upload() })).toMatchObject({ end: 'error', code });
});
