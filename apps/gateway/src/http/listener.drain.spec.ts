import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { PREFACE, frame } from './testing/http2-frames.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  local.close();
});

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** A client that never ends its side. */
function kept<T extends Socket>(socket: T): T {
  ends.push(() => socket.destroy());
  return socket.on('error', () => {}).resume();
}
const plain = (port: number): Socket => kept(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
const secure = async (port: number, { cert: ca }: TlsPair, protocol = 'http/1.1'): Promise<Socket> => {
  const target = { port, host: '127.0.0.1', allowHalfOpen: true };
  const socket = kept(connectTls({ ...target, ca, ALPNProtocols: [protocol] }));
  await once(socket, 'secureConnect');
  return socket;
};

interface Started {
  port: number;
  tls?: TlsPair;
}
const answered = async (socket: Socket): Promise<void> => {
  const answer = once(socket, 'data');
  socket.write(GET);
  await answer;
};

it.each<[string, boolean, (started: Started) => unknown]>([
  ['that has sent no byte', false, ({ port }) => plain(port)],
  ['that has sent half a head', false, ({ port }) => plain(port).write('GET / HT')],
  [
    'that has sent half a head after an answer',
    false,
    async ({ port }) => {
      const socket = plain(port);
      await answered(socket);
      socket.write('GET / HT');
    },
  ],
  ['that is kept alive after an answer', false, ({ port }) => answered(plain(port))],
  ['whose TLS handshake has not begun', true, ({ port }) => plain(port)],
  ['whose TLS handshake is under way', true, ({ port }) => plain(port).write(Buffer.from('1603010200', 'hex'))],
  ['that is idle over TLS', true, ({ port, tls }) => secure(port, tls!)],
  ['that has sent half a head over TLS', true, async ({ port, tls }) => (await secure(port, tls!)).write('GET / HT')],
  ['that is kept alive over TLS', true, async ({ port, tls }) => answered(await secure(port, tls!))],
  ['of HTTP/2 that has sent no byte', true, ({ port, tls }) => secure(port, tls!, 'h2')],
  [
    'of HTTP/2 without a stream',
    true,
    async ({ port, tls }) => {
      const socket = await secure(port, tls!, 'h2');
      const settings = once(socket, 'data');
      socket.write(Buffer.concat([PREFACE, frame(4, 0, 0, Buffer.alloc(0))]));
      await settings;
    },
  ],
])('a drain ends a connection %s', async (_, isEncrypted, begin) => {
  const tls = isEncrypted ? await makeSelfSignedPair('127.0.0.1') : undefined;
  const { listener, port } = await local.start((_request, response) => void response.end('ok'), { tls });
  await begin({ port, tls });
  await vi.waitFor(() => expect(listener.connectionCounts().open).toBe(1));
  await listener.drain();
  await vi.waitFor(() => expect(listener.connectionCounts().open).toBe(0));
});

it.each(['HTTP/1.1', 'HTTP/1.1 over TLS', 'HTTP/2'])(
  'a drain lets a request under way end, and then its connection: %s',
  async (protocol) => {
    const tls = protocol === 'HTTP/1.1' ? undefined : await makeSelfSignedPair('127.0.0.1');
    const asked = Promise.withResolvers<ServerResponse>();
    const { listener, port, url } = await local.start(
      (_request, response) => (response.write('half '), asked.resolve(response)),
      { tls },
    );
    let text = '';
    const take = (chunk: Buffer): void => void (text += chunk);
    if (protocol === 'HTTP/2') {
      const session: ClientHttp2Session = connectHttp2(url, { ca: tls!.cert }).on('error', () => {});
      ends.push(() => session.destroy());
      session.request().on('data', take);
    } else {
      const socket = tls ? await secure(port, tls) : plain(port);
      socket.on('data', take).write(GET);
    }
    const idle = plain(port);
    const idleEnded = once(idle, 'close');
    const response = await asked.promise;
    await vi.waitFor(() => expect(listener.connectionCounts().open).toBe(2));
    const drained = listener.drain();
    await Promise.race([idleEnded, once(idle, 'end')]);
    response.end('whole');
    await drained;
    await vi.waitFor(() => expect(text).toMatch(/half [^]*whole/));
  },
);

it.each([false, true])(
  'a drain lets requests of many connections end that were answered before, TLS: %s',
  async (isEncrypted) => {
    const tls = isEncrypted ? await makeSelfSignedPair('127.0.0.1') : undefined;
    const asked: ServerResponse[] = [];
    const { listener, port } = await local.start(
      (request, response) => void (request.url === '/' ? response.end('ok') : asked.push(response)),
      { tls },
    );
    const texts: string[] = [];
    const open = async (_: unknown, n: number): Promise<void> => {
      const socket = tls ? await secure(port, tls) : plain(port);
      for (let i = 0; i < 3; i++) await answered(socket);
      let text = '';
      socket.on('data', (chunk: Buffer) => void (texts[n] = text += chunk)).write(GET.replace('/', '/open'));
    };
    await Promise.all(Array.from({ length: 8 }, open));
    await vi.waitFor(() => expect(asked).toHaveLength(8));
    const drained = listener.drain();
    for (const response of asked) {
      await new Promise((resolve) => void setImmediate(resolve));
      response.end('whole');
    }
    await drained;
    await vi.waitFor(() => expect(texts.filter((text) => text.includes('whole'))).toHaveLength(8));
  },
);

it('a drain leaves a WebSocket to its proxy', async () => {
  const upgraded = Promise.withResolvers<Socket>();
  const upgrade = (
    _request: unknown,
    socket: unknown,
    _head: Buffer,
    context: { onHandshakeAnswered?: (status: number) => void },
  ): void => {
    const tunnel = socket as Socket;
    tunnel.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    context.onHandshakeAnswered?.(101);
    upgraded.resolve(tunnel);
  };
  const { listener, port } = await local.start(() => {}, { upgrade });
  const socket = plain(port);
  let text = '';
  socket
    .on('data', (chunk: Buffer) => void (text += chunk))
    .write(GET.replace('Host', 'Connection: Upgrade\r\nUpgrade: websocket\r\nHost'));
  const tunnel = await upgraded.promise;
  const idle = plain(port);
  await vi.waitFor(() => expect(listener.connectionCounts().open).toBe(2));
  const drained = listener.drain();
  await once(idle, 'end');
  tunnel.end('last', () => tunnel.destroy());
  await drained;
  await vi.waitFor(() => expect(text).toMatch(/last$/));
});

it.each([false, true])('a drain answers the next request of a kept-alive connection, TLS: %s', async (isEncrypted) => {
  const tls = isEncrypted ? await makeSelfSignedPair('127.0.0.1') : undefined;
  const { listener, port } = await local.start((_request, response) => void response.end('ok'), { tls });
  const socket = tls ? await secure(port, tls) : plain(port);
  await answered(socket);
  const drained = listener.drain();
  const [answer] = (await Promise.all([once(socket, 'data'), socket.write(GET)]))[0] as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
  await drained;
  await vi.waitFor(() => expect(listener.connectionCounts().open).toBe(0));
});

it.each([false, true])('a drain ends a connection with the answer under way, TLS: %s', async (isEncrypted) => {
  const tls = isEncrypted ? await makeSelfSignedPair('127.0.0.1') : undefined;
  const asked = Promise.withResolvers<ServerResponse>();
  const { listener, port } = await local.start((_request, response) => asked.resolve(response), { tls });
  const socket = tls ? await secure(port, tls) : plain(port);
  const answer = once(socket, 'data') as Promise<[Buffer]>;
  socket.write(GET + GET); // the second one may be sent again
  const response = await asked.promise;
  const drained = listener.drain();
  response.end('ok');
  expect(String(await answer)).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
  await drained;
});
