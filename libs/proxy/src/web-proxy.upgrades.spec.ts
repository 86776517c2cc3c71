import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => {
  vi.useRealTimers();
  return local.close();
});

/** RFC 6455 section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ' + `${KEY}\r\n`;
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' +
  `websocket\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n`;

/** A backend that welcomes, then says back what it hears. */
function echo(fallback: RequestListener = (_, res) => res.writeHead(426).end()): Promise<string> {
  const server = createServer(fallback);
  server.on('upgrade', (req, socket) => {
    socket.write(`${AGREED}X-Seen: ${req.url}\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\nwelcome `);
    socket.on('error', () => {}).pipe(socket);
  });
  return local.listening(server);
}

async function open(gateway: string, protocol = 'websocket') {
  const upgrading = httpRequest(gateway, {
    path: '/ws?x=1',
    headers: { connection: 'Upgrade', upgrade: protocol, 'sec-websocket-key': KEY },
  }).on('error', () => {});
  upgrading.end();
  return Promise.race([
    once(upgrading, 'upgrade').then((event) => {
      const [answer, socket, head] = event as [IncomingMessage, Socket, Buffer];
      socket.on('error', () => {}).unshift(head);
      return { answer, socket, body: '' };
    }),
    once(upgrading, 'response').then(async (event) => {
      const [answer] = event as [IncomingMessage];
      return { answer, socket: undefined, body: (await answer.toArray()).join('') };
    }),
  ]);
}

it('joins the two sockets, which end together', async () => {
  const { url, balancer } = await local.gateway([await echo()]);
  const { answer, socket } = await open(url);
  expect(answer).toMatchObject({ statusCode: 101, headers: { 'x-seen': '/ws?x=1', upgrade: 'websocket' } });
  expect(answer.headers).not.toHaveProperty('x-hop');
  let text = '';
  socket!.on('data', (chunk: Buffer) => (text += chunk)).write('ping');
  await vi.waitFor(() => expect(text).toBe('welcome ping'));
  expect(balancer.backends()[0]?.own.sessions).toBe(1);
  socket!.destroy();
  await vi.waitFor(() => expect(balancer.backends()[0]?.own.sessions).toBe(0));
});

it('passes on what the client sent along with its handshake', async () => {
  const { port } = await local.gateway([await echo()]);
  const socket = connect(port, '127.0.0.1', () => socket.write(`${HANDSHAKE}\r\nearly`));
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk));
  await vi.waitFor(() => expect(text).toMatch(/\r\n\r\nwelcome early$/));
  expect(text).not.toMatch(/transfer-encoding|content-length|connection: (?!Upgrade)/i);
  socket.destroy();
});

it('carries no faster than the other side takes, and loses nothing', async () => {
  const { url } = await local.gateway([await echo()]);
  const { socket } = await open(url);
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const total = 500; // 32 MB there and back, more than sockets buffer
  let produced = 0;
  function* chunks() {
    for (; produced < total; produced++) yield chunk;
  }
  Readable.from(chunks(), { objectMode: false }).pipe(socket!);
  await vi.waitFor(() => expect(socket!.writableNeedDrain).toBe(true));
  expect(produced).toBeLessThan(total);
  let received = 0;
  for await (const piece of socket!) received += (piece as Buffer).length;
  expect(received).toBe('welcome '.length + total * chunk.length);
});

it.each([
  ['the backend', (gateway: { web: { close(): Promise<void> } }) => local.close().then(() => gateway)],
  ['the proxy', (gateway: { web: { close(): Promise<void> } }) => gateway.web.close()],
])('ends when %s does', async (_, end) => {
  const gateway = await local.gateway([await echo()]);
  const { socket } = await open(gateway.url);
  const ended = once(socket!.resume(), 'close');
  await end(gateway);
  await ended;
});

it("answers a protocol that we don't know as a plain request (RFC 9110 section 7.8)", async () => {
  const { url } = await local.gateway([
    await local.http((req, res) => res.end(`upgrade: ${req.headers.upgrade}, connection: ${req.headers.connection}`)),
  ]);
  expect(await open(url, 'h2c')).toMatchObject({
    answer: { statusCode: 200 },
    body: 'upgrade: undefined, connection: undefined',
  });
});

it("passes the backend's refusal back as it is, and ends the connection", async () => {
  const { url, balancer } = await local.gateway([
    await local.http((_, res) => res.writeHead(403, { 'x-why': 'no' }).end('not you')),
  ]);
  const { answer, body } = await open(url);
  expect([answer.statusCode, answer.headers['x-why'], answer.headers.connection, body]).toEqual([
    403,
    'no',
    'close',
    'not you',
  ]);
  expect(balancer.backends()[0]?.own.sessions).toBe(0);
});

it('passes a large refusal back whole', async () => {
  const large = 'x'.repeat(8 * 1024 * 1024);
  const { url } = await local.gateway([await local.http((_, res) => res.writeHead(403).end(large))]);
  expect((await open(url)).body).toHaveLength(large.length);
});

it.each<[string, (socket: Socket) => void, string]>([
  ['says nothing', () => {}, 'backend_timeout'],
  ['closes', (socket) => socket.once('data', () => socket.destroy()), 'backend_unreachable'],
  [
    'answers with garbage',
    (socket) => socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')),
    'backend_bad_answer',
  ],
  [
    'agrees to another protocol',
    (socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 101 Ok\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')),
    'backend_bad_answer',
  ],
])(
  'a backend that %s at the handshake is told as what it is, and keeps its other requests',
  async (_, onSocket, code) => {
    const { url, balancer } = await local.gateway([await local.raw(onSocket)], { headersTimeoutMs: 300 });
    expect(await open(url)).toMatchObject({ answer: { statusCode: 599 }, body: code });
    expect(balancer.backends()[0]).toMatchObject({ state: 'unproven', own: { requests: 0, sessions: 0 } });
  },
);

it('goes on to the next backend when one is not there, and is refused when none is', async () => {
  const { url } = await local.gateway([await local.nobody(), await echo()]);
  for (let i = 0; i < 2; i++) {
    const { answer, socket } = await open(url);
    expect(answer.statusCode).toBe(101);
    socket!.destroy();
  }
  expect((await open((await local.gateway([await local.nobody()])).url)).body).toBe('backend_unreachable');
});

it('refuses a handshake with a body', async () => {
  const { port } = await local.gateway([await echo()]);
  const socket = connect(port, '127.0.0.1', () => socket.write(`${HANDSHAKE}Content-Length: 4\r\n\r\nbody`));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 599 [^]*request_not_forwardable/);
  socket.destroy();
});

it('lets the backend know that the client has left in the middle of the handshake', async () => {
  const asked = Promise.withResolvers<Socket>();
  const { port, balancer } = await local.gateway([
    await local.raw((socket) => socket.once('data', () => asked.resolve(socket))),
  ]);
  const socket = connect(port, '127.0.0.1', () => socket.write(`${HANDSHAKE}\r\n`));
  const backend = await asked.promise;
  const told = once(backend, 'close');
  socket.destroy();
  await told;
  await vi.waitFor(() => expect(balancer.backends()[0]?.own.sessions).toBe(0));
});

const ANSWERS = [
  ['none', ''],
  ['an event stream', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'],
  ['a part of a refusal', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nnot'],
] as const;

it.each(ANSWERS.flatMap(([name, text]) => (['end', 'resetAndDestroy'] as const).map((how) => ({ name, text, how }))))(
  'notices by $how that a client has left which did not wait for the answer: $name',
  async ({ text, how }) => {
    const asked = Promise.withResolvers<Socket>();
    const { port, balancer } = await local.gateway(
      [await local.raw((socket) => socket.once('data', () => asked.resolve(socket)))],
      { headersTimeoutMs: 0, idleTimeoutMs: 0 },
    );
    const client = connect(port, '127.0.0.1', () => client.write(`${HANDSHAKE}\r\n`));
    const backend = await asked.promise;
    const ended = once(backend, 'close');
    backend.write(text);
    if (text !== '') await once(client, 'data');
    await new Promise((resolve) => client.write('early', resolve));
    client[how]();
    await ended;
    await vi.waitFor(() => expect(balancer.backends()[0]?.own.sessions).toBe(0));
  },
);

it('passes on what the client sends before the answer, in its order', async () => {
  const asked = Promise.withResolvers<Socket>();
  const server = createServer().on('upgrade', (_, socket: Socket) => asked.resolve(socket.on('error', () => {})));
  const { port } = await local.gateway([await local.listening(server)]);
  const client = connect(port, '127.0.0.1', () => client.write(`${HANDSHAKE}\r\n1`));
  const backend = await asked.promise;
  client.write('2');
  backend.write(`${AGREED}\r\n`);
  await once(client, 'data');
  client.write('3');
  let text = '';
  backend.on('data', (chunk: Buffer) => (text += chunk));
  await vi.waitFor(() => expect(text).toBe('123'));
  client.destroy();
});

it('ends a client that sends more than 64 KiB before the answer', async () => {
  const asked = Promise.withResolvers<Socket>();
  const { port } = await local.gateway([await local.raw((socket) => socket.once('data', () => asked.resolve(socket)))]);
  const client = connect(port, '127.0.0.1', () => client.write(`${HANDSHAKE}\r\n`));
  client.on('error', () => {});
  const ended = once(await asked.promise, 'close');
  client.write(Buffer.alloc(128 * 1024));
  await ended;
});

it.each(['end', 'destroy'] as const)(
  'gives the session back after the client has left by %s, though the backend does not end',
  async (how) => {
    // half-open: never ends
    const server = createServer().on('upgrade', (_, socket) => socket.on('error', () => {}).write(`${AGREED}\r\n`));
    const { url, balancer } = await local.gateway([await local.listening(server)]);
    const { socket } = await open(url);
    expect(balancer.backends()[0]?.own.sessions).toBe(1);
    const closed = new Promise((resolve) => socket!.resume().once('close', resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    socket![how]();
    await vi.waitFor(() => {
      vi.advanceTimersByTime(1_000);
      expect(balancer.backends()[0]?.own.sessions).toBe(0);
    });
    vi.useRealTimers();
    await closed;
  },
);
