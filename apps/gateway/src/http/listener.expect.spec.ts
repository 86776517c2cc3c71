import { ServerResponse, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Duplex } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { PINGED, data, getFields, headers, literal, rawHttp2, reset } from './testing/http2-frames.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
const uncaught = vi.fn();
let tls: TlsPair;
beforeAll(async () => void (tls = await makeSelfSignedPair('127.0.0.1')));
beforeEach(() => void process.on('uncaughtException', uncaught));
afterEach(() => {
  process.off('uncaughtException', uncaught);
  uncaught.mockClear();
  local.close();
});

const atOnce: RequestHandler = (_, response) => void response.end('ok');
const later: RequestHandler = (_, response) => void setImmediate(() => response.end('ok'));

/** As the web proxy does it: a response on the socket that the server has handed over. */
function upgrade(request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.assignSocket(socket as Socket);
  response
    .once('finish', () => (socket as Socket).destroySoon())
    .writeHead(101, { connection: 'upgrade', upgrade: 'websocket' })
    .end();
}

const FOLLOWERS: readonly [string, string][] = [
  ['nothing', ''],
  ['a WebSocket handshake', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['CONNECT', 'CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n'],
  ['a request', 'GET /second HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another expectation', 'GET /second HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n'],
  ['garbage', 'garbage\r\n\r\n'],
];
const REFUSED = ['x', '100-continue, x', 'x, 100-continue', '100-continue;q=1', ''];
const AGREED = ['100-continue', '100-Continue', '100-continue, 100-continue'];
const CASES = [false, true].flatMap((isTls) =>
  [atOnce, later].flatMap((handler) =>
    FOLLOWERS.map(
      ([name, follower]) =>
        [isTls ? 'TLS' : 'plain', handler === later ? 'later' : 'at once', name, { isTls, handler, follower }] as const,
    ),
  ),
);

/** All that comes back, until `isEnough` of it has or the connection ends. */
async function send(
  port: number,
  isTls: boolean,
  text: string,
  isEnough: (answer: string) => boolean = () => false,
): Promise<string> {
  const socket = isTls ? connectTls({ port, host: '127.0.0.1', ca: tls.cert }) : connect(port, '127.0.0.1');
  let answer = '';
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve()).on('error', () => {});
    socket.on('data', (chunk: Buffer) => void (isEnough((answer += chunk)) && resolve()));
    socket.write(text);
  });
  socket.destroy();
  return answer;
}

describe.each(CASES)('over %s, answered %s, before %s', (_isTls, _handler, _name, { isTls, handler, follower }) => {
  const start = () => local.start(handler, { upgrade, ...(isTls && { tls }) });
  const sent = (expectation: string): string =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: ${expectation}\r\n\r\n${follower}`;

  it.each(REFUSED)('refuses Expect: %s, closes, counts it, and reads nothing behind it', async (expectation) => {
    const { port, observed, inFlight } = await start();
    const answer = await send(port, isTls, sent(expectation));
    // CONNECT ends what it would be taken for
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 417 [^]*connection: close[^]*"code":"expectation_failed"/i);
    expect(answer.match(/HTTP\/1\.1 /g)?.length ?? 0).toBe(follower.startsWith('CONNECT') && answer === '' ? 0 : 1);
    await vi.waitFor(() => expect(inFlight()).toBe(0));
    expect(observed).toContainEqual({ route: 'web', status: 417 });
    expect(uncaught).not.toHaveBeenCalled();
  });

  it.each(AGREED)('answers Expect: %s', async (expectation) => {
    const { port, inFlight } = await start();
    const answer = await send(port, isTls, sent(expectation), (text) => text.includes('\r\n\r\nok'));
    if (!follower.startsWith('CONNECT')) expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    await vi.waitFor(() => expect(inFlight()).toBe(0));
    expect(uncaught).not.toHaveBeenCalled();
  });
});

it('ignores the expectation of HTTP/1.0, which has none', async () => {
  const { port } = await local.start(atOnce);
  expect(await send(port, false, 'GET / HTTP/1.0\r\nExpect: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
});

it.each(['x', '100-continue', '100-Continue'])(
  'refuses a handshake with Expect: x, not with 100-continue: %s',
  async (expectation) => {
    const { port } = await local.start(atOnce, { upgrade });
    const answer = await send(
      port,
      false,
      `GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nExpect: ${expectation}\r\n\r\n`,
    );
    expect(answer).toMatch(expectation === 'x' ? /^HTTP\/1\.1 417 / : /^HTTP\/1\.1 101 /);
  },
);

describe('over HTTP/2', () => {
  const head = (expectation: string): Buffer => Buffer.concat([getFields('/', 'POST'), literal('expect', expectation)]);
  const after = (stream: number, expectation: string, isEnd: boolean): Record<string, Buffer> => ({
    'is reset at once': Buffer.concat([headers(stream, head(expectation), { isEnd }), reset(stream)]),
    'is reset behind another': Buffer.concat([
      PINGED,
      headers(stream, getFields()),
      headers(stream + 2, head(expectation), { isEnd }),
      reset(stream + 2),
    ]),
    'is reset behind data': Buffer.concat([
      headers(stream, head(expectation), { isEnd: false }),
      data(stream, Buffer.from('x')),
      reset(stream),
    ]),
    stays: headers(stream, head(expectation), { isEnd }),
  });

  it.each(['is reset at once', 'is reset behind another', 'is reset behind data', 'stays'])(
    'lives when a request with any Expect %s, at any time',
    async (what) => {
      for (const handler of [atOnce, later]) {
        const { port, inFlight } = await local.start(handler, { tls });
        for (const expectation of [...REFUSED, ...AGREED]) {
          const { socket, frames } = await rawHttp2(port, tls.cert);
          socket.write(
            Buffer.concat([headers(1, getFields('/', 'POST'), { isEnd: false }), data(1, Buffer.from('x'))]),
          ); // an upload stays open
          for (let stream = 3; stream < 83; stream += 4) {
            const bytes = after(stream, expectation, stream % 8 === 3)[what] as Buffer;
            if (stream % 3 === 0)
              for (let at = 0; at < bytes.length; at += 20) socket.write(bytes.subarray(at, at + 20));
            else socket.write(bytes);
          }
          socket.write(headers(101, getFields()));
          await vi.waitFor(() => expect(frames().some(({ stream, type }) => stream === 101 && type === 0)).toBe(true));
          socket.destroy();
        }
        await vi.waitFor(() => expect(inFlight()).toBe(0));
      }
      expect(uncaught).not.toHaveBeenCalled();
    },
  );

  it.each([
    ['x', 417],
    ['100-continue', 200],
  ])('answers Expect: %s with %i, and the session goes on', async (expectation, status) => {
    const { port, observed } = await local.start(atOnce, { tls });
    const { socket, frames } = await rawHttp2(port, tls.cert);
    socket.write(Buffer.concat([headers(1, head(expectation)), headers(3, getFields())]));
    await vi.waitFor(() =>
      expect(frames().some(({ stream, type, flags }) => stream === 3 && type <= 1 && (flags & 1) === 1)).toBe(true),
    );
    await vi.waitFor(() => expect(observed.map((one) => one.status)).toEqual(expect.arrayContaining([status, 200])));
    socket.destroy();
  });
});
