import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { markTunnel } from '@slipstream/http';
import type { ListenerOptions } from './listener-options.js';
import { ACKNOWLEDGED, LEAVING, data, frame, getFields, headers, rawHttp2 } from './testing/http2-frames.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
const clients: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  local.close();
});

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const LIMITS = { writeIdleTimeoutMs: 300, streamWriteIdleTimeoutMs: 600 };
const BODY = Buffer.alloc(16 * 1024 * 1024);
const tls = await makeSelfSignedPair('127.0.0.1');

/** Asks for the path, and reads nothing of the answer. */
type Ask = (port: number, path: string) => void;
const kept = <T extends Duplex>(socket: T): T => {
  clients.push(socket.on('error', () => {}).pause() as T);
  return socket;
};
const head = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const PROTOCOLS: [string, TlsPair | undefined, Ask][] = [
  ['HTTP/1.1', undefined, (port, path) => void kept(connect(port, '127.0.0.1')).write(head(path))],
  [
    'HTTP/1.1 over TLS',
    tls,
    (port, path) => void kept(connectTls({ port, host: '127.0.0.1', ca: tls.cert })).write(head(path)),
  ],
  [
    'HTTP/2',
    tls,
    (port, path) => {
      const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: tls.cert }).on('error', () => {});
      clients.push(session);
      session.request({ ':path': path }).on('error', () => {});
    },
  ],
];
const ROUTES = ['/a', '/v1/models', '/slipstream/v1/users'];

describe.each(PROTOCOLS)('a client that reads nothing over %s', (_, pair, ask) => {
  it.each(ROUTES)('is ended within the limit: %s', async (path) => {
    const closed = Promise.withResolvers<void>();
    const { port, inFlight } = await local.start(
      (_request, response) => void response.once('close', closed.resolve).writeHead(200).end(BODY),
      { ...LIMITS, tls: pair },
    );
    ask(port, path);
    await closed.promise;
    await vi.waitFor(() => expect(inFlight()).toBe(0));
  });

  it('is not ended while its answer has nothing to send', async () => {
    const silent: ServerResponse[] = [];
    const deaf = Promise.withResolvers<void>();
    const { port } = await local.start(
      (request, response) => {
        if (request.url === '/deaf') return void response.once('close', deaf.resolve).end(BODY);
        silent.push(response);
        response.writeHead(200).write('all for now');
      },
      { ...LIMITS, tls: pair },
    );
    ask(port, '/silent');
    await vi.waitFor(() => expect(silent).toHaveLength(1));
    ask(port, '/deaf'); // as long as this one is given, that one must be left alone
    await deaf.promise;
    expect(silent[0]?.destroyed).toBe(false);
  });
});

it('ends a WebSocket whose client reads nothing', async () => {
  const closed = Promise.withResolvers<unknown>();
  const upgrade: ListenerOptions['upgrade'] = (_, socket) => {
    markTunnel(socket);
    socket.once('close', closed.resolve).write(BODY);
  };
  const { port } = await local.start(() => {}, { ...LIMITS, upgrade });
  kept(connect(port, '127.0.0.1')).write(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await closed.promise;
});

it('logs whom it ends, and why', async () => {
  const info = vi.fn();
  const { port } = await local.start((_, response) => void response.end(BODY), {
    ...LIMITS,
    logger: { isLevelEnabled: () => false, debug: () => {}, info, warn: () => {}, error: () => {} },
  });
  kept(connect(port, '127.0.0.1')).write(head('/a'));
  await vi.waitFor(
    () =>
      expect(info).toHaveBeenCalledWith(
        expect.objectContaining({ protocol: 'http/1.1' }),
        expect.stringContaining('writeIdleTimeoutMs'),
      ),
    10_000,
  );
});

it('gives the connection of an answer that was taken back to the next request', async () => {
  const { port } = await local.start((_, response) => void response.end('ok'), LIMITS);
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  for (let round = 0; round < 3; round++) {
    socket.write(head('/a'));
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  }
});

describe('a client of HTTP/2 that has said it leaves', () => {
  const VIOLATIONS: [string, Buffer][] = [
    ['DATA without a stream', data(0, Buffer.from('x'))],
    ['a CONTINUATION of nothing', frame(9, 4, 1, Buffer.from('x'))],
    ['padding longer than its frame', frame(0, 9, 3, Buffer.from([200, 1, 2]))],
    ['a window that overflows', frame(8, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]))],
    ['SETTINGS of an odd length', frame(4, 0, 0, Buffer.alloc(5))],
    ['nothing, and is gone', Buffer.alloc(0)],
  ];

  it.each(VIOLATIONS)('and then sends %s leaves nothing in flight', async (_, violation) => {
    const { port, inFlight, observed } = await local.start(() => {}, { ...LIMITS, tls });
    const { socket } = await rawHttp2(port, tls.cert);
    kept(socket).write(Buffer.concat([ACKNOWLEDGED, headers(1, getFields('/hangs'))]));
    await vi.waitFor(() => expect(inFlight()).toBe(1), { timeout: 20_000 });
    socket.write(Buffer.concat([LEAVING, violation]), () => setImmediate(() => socket.destroy()));
    await vi.waitFor(() => expect(inFlight()).toBe(0), { timeout: 20_000 });
    expect(observed).toEqual([{ route: 'web', status: 499 }]);
  });

  it('and reads on has its answer, however late', async () => {
    const late = Promise.withResolvers<ServerResponse>();
    const { port } = await local.start((_request, response) => late.resolve(response), { ...LIMITS, tls });
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: tls.cert });
    clients.push(session);
    const stream = session.request({ ':path': '/late' });
    const response = await late.promise;
    session.close();
    let probes = 0;
    session.on('remoteSettings', () => void ((probes += 1) === 3 && response.end('late')));
    expect((await stream.toArray()).join('')).toBe('late');
  });
});
