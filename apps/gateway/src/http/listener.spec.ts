import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createTelemetry } from '@slipstream/telemetry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import { UPLOAD_SILENCE_MS } from '@slipstream/http/testing';

const local = new LocalListeners();
afterEach(() => {
  vi.useRealTimers();
  local.close();
});

/** A logger and what it wrote. */
function captureLines() {
  const lines: { requestId?: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createTelemetry({ processName: 'gateway', level: 'debug', destination }).logger };
}

const say: RequestHandler = (_, response) => void response.end('ok');
const OVERLONG = `X-Long: ${'x'.repeat(40_000)}`;

it('logs an answer with the id of its own request, even when it ends in the context of another', async () => {
  const { lines, logger } = captureLines();
  let inContextOfFirst: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;
  const { url } = await local.start(
    (_, response) => {
      inContextOfFirst ??= AsyncLocalStorage.snapshot();
      inContextOfFirst(() => response.end('ok'));
    },
    { logger },
  );
  for (const id of ['first', 'second']) await (await fetch(url, { headers: { 'x-request-id': id } })).text();
  await vi.waitFor(() => expect(lines.map(({ requestId }) => requestId)).toEqual(['first', 'second']));
});

describe('on every route', () => {
  it.each([
    ['two Hosts', '/', ['Host: a', 'Host: b']],
    ['the same Host twice', '/v1/models', ['Host: a', 'hOST: a']],
    ['an empty Host', '/slipstream/v1/users', ['Host:']],
    ['a Host with a path', '/', ['Host: a/b']],
    ['a Host with a user', '/', ['Host: u@a']],
    ['a list of Hosts', '/', ['Host: a, b']],
  ])('refuses %s, and reads nothing behind it', async (_, path, fields) => {
    const asked: string[] = [];
    const { port, observed } = await local.start((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const answer = await exchange(
      port,
      `GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 [^]*connection: close[^]*"code":"invalid_host"/i);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(asked).toEqual([]);
    expect(observed.map(({ status }) => status)).toEqual([400]);
  });

  it.each(['a', 'chat.example:8080', '127.0.0.1', '[::1]:80', 'a_b'])('takes the Host %s', async (host) => {
    const { port } = await local.start(say);
    expect(await exchange(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });

  it.each([
    ['garbage', 'this is not HTTP\r\n\r\n', 400, 'malformed_request'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      400,
      'malformed_request',
    ],
    [
      'a bad chunk',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      400,
      'malformed_request',
    ],
    ['too large a head', `GET / HTTP/1.1\r\nHost: a\r\n${OVERLONG}\r\n\r\n`, 431, 'headers_too_large'],
  ])('refuses %s, closes, and counts it', async (_, text, status, code) => {
    const { port, observed } = await local.start(
      (request, response) =>
        void request
          .on('error', () => {})
          .on('end', () => response.end())
          .resume(),
    );
    expect(await exchange(port, text)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json[^]*Connection: close[^]*"code":"${code}"`),
    );
    await vi.waitFor(() => expect(observed).toContainEqual({ route: 'unparsable', status }));
  });

  it.each([
    ['under way', (response: ServerResponse) => void response.write('half')],
    ['not begun', () => {}],
  ])(
    'lets an answer that is %s go on to its end when what follows its request is none, and closes',
    async (_, begin) => {
      const asked = Promise.withResolvers<ServerResponse>();
      const { port, observed } = await local.start((_, response) => (begin(response), asked.resolve(response)));
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk));
      const answer = await asked.promise;
      const server = answer.req.socket;
      socket.write('garbage\r\n\r\n');
      await vi.waitFor(() => expect(server.bytesRead).toBe(38));
      answer.end('whole');
      await once(socket, 'close');
      expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*whole/);
      expect(observed.map(({ status }) => status)).toEqual([200]);
    },
  );

  it.each([
    ['http://a/v1/models', 'openai', '/v1/models'],
    ['HTTP://A/slipstream/v1/users?x', 'native', '/slipstream/v1/users?x'],
    ['http://a?x', 'web', '/?x'],
  ])('is asked for by %s as by its path alone', async (target, route, path) => {
    const { port, observed } = await local.start(
      (request, response, { url }) => void response.end(`${request.url} ${url}`),
    );
    expect(await exchange(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toContain(
      `\r\n\r\n${path} ${path}`,
    );
    expect(observed).toEqual([{ route, status: 200 }]);
  });

  it.each(['b:443', '/'])("is nobody's tunnel: refuses CONNECT %s, and reads nothing behind it", async (target) => {
    const { port, observed } = await local.start(say);
    const answer = await exchange(
      port,
      `CONNECT ${target} HTTP/1.1\r\nHost: b:443\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 501 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(observed).toEqual([{ route: 'web', status: 501 }]);
  });

  it('counts a client that left before it was answered as 499', async () => {
    const asked = Promise.withResolvers<void>();
    const { port, observed, inFlight } = await local.start(() => asked.resolve());
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    await asked.promise;
    socket.destroy();
    await vi.waitFor(() => expect(observed).toEqual([{ route: 'web', status: 499 }]));
    expect(inFlight()).toBe(0);
  });
});

it.each([
  [
    'answers a handshake behind a request that is not answered yet as a plain request, and closes',
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    /^HTTP\/1\.1 200 [^]*first[^]*HTTP\/1\.1 200 [^]*second$/,
  ],
  [
    'answers nothing any more when CONNECT comes behind a request that is not answered yet',
    'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
    /^$/,
  ],
])('%s', async (_, bytes, expected) => {
  const upgrade = vi.fn();
  const answers: ServerResponse[] = [];
  const { port } = await local.start((_request, response) => void answers.push(response), { upgrade });
  const all = exchange(port, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${bytes}`);
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0));
  answers[0]?.end('first');
  if (bytes.startsWith('GET')) await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.end('second');
  expect(await all).toMatch(expected);
  expect(upgrade).not.toHaveBeenCalled();
});

it('counts WebSocket handshakes, agreed to or not', async () => {
  const { port, observed, inFlight } = await local.start(say, {
    upgrade: (_request, socket, _head, context) => (
      context.onHandshakeAnswered?.(101),
      void socket.end('HTTP/1.1 101 Ok\r\n\r\n')
    ),
  });
  const handshake = (path: string, host = 'a') =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  expect(await handshake('/ws')).toMatch(/^HTTP\/1.1 101 /);
  expect(await handshake('/v1/ws')).toMatch(/^HTTP\/1.1 400 /);
  expect(await handshake('/ws', 'a/b')).toMatch(/^HTTP\/1.1 400 /);
  expect(observed).toEqual([101, 400, 400].map((status) => ({ route: 'web', status })));
  expect(inFlight()).toBe(0);
});

it('bears a client that resets within its handshake, refused or not', async () => {
  const { port, observed } = await local.start(say, {
    upgrade: (_request, socket) => void socket.write('HTTP/1.1 101 Ok\r\n\r\n'),
  });
  const unheard = vi.fn();
  process.on('uncaughtException', unheard);
  for (const path of ['/ws', '/v1/ws']) {
    for (let times = 0; times < 50; times++) {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, () =>
          socket.resetAndDestroy(),
        );
      });
    }
  }
  await vi.waitFor(() => expect(observed.length).toBeGreaterThan(0));
  process.off('uncaughtException', unheard);
  expect(unheard).not.toHaveBeenCalled();
});

it('knows who is trusted, and where a request comes from', async () => {
  const seen: unknown[] = [];
  const look: RequestHandler = (_, response, { peer, clientAddress }) => (
    seen.push([peer.isTrusted, clientAddress]),
    void response.end()
  );
  const [open, strict] = [await local.start(look, { trustedPeers: ['loopback'] }), await local.start(look)];
  for (const { port } of [open, strict])
    await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nConnection: close\r\n\r\n');
  expect(seen).toEqual([
    [true, '1.2.3.4'],
    [false, '127.0.0.1'],
  ]);
});

it('cuts off an upload that falls silent, and none that trickles', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const asked = Promise.withResolvers<IncomingMessage>();
  const { port } = await local.start((request) => asked.resolve(request.on('error', () => {})));
  const socket: Socket = connect(port, '127.0.0.1', () =>
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n'),
  );
  socket.on('error', () => {}).resume();
  const request = await asked.promise;
  for (let sent = 0; sent < 5; sent++) {
    const received = once(request, 'data');
    socket.write('x');
    await received;
    vi.advanceTimersByTime(UPLOAD_SILENCE_MS * 0.9);
  }
  expect(request.destroyed).toBe(false);
  const closed = once(socket, 'close');
  vi.advanceTimersByTime(UPLOAD_SILENCE_MS * 2);
  await closed;
});
