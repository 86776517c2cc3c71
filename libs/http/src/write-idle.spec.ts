import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1LikeRequest, Http1LikeResponse, asHttp1 } from './http2-messages.js';
import { markEventStream, markTunnel } from './write-idle-marks.js';
import { WriteIdleWatch } from './write-idle.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const LIMITS = { idleMs: 60_000, streamIdleMs: 300_000 };
/** More than the sockets of both sides buffer. */
const BODY = Buffer.alloc(16 * 1024 * 1024);
/** More than the window of a stream. */
const PAGE = Buffer.alloc(1024 * 1024);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(server: TcpServer): Promise<{ port: number; watch: WriteIdleWatch; ended: string[] }> {
  const ended: string[] = [];
  const watch = new WriteIdleWatch(LIMITS, ({ protocol }) => ended.push(protocol));
  watch.watch(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, watch, ended };
}

/** A client of HTTP/1.1 that has asked, and reads nothing until it is resumed. */
function deafClient(port: number, head = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(head)).on('error', () => {});
  ends.push(() => socket.destroy());
  return socket.pause();
}

async function http1(handler: Handler) {
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => (responses.push(response), handler(request, response)));
  server.on('upgrade', (_, socket) => {
    markTunnel(socket);
    socket.on('error', () => {}).write(BODY);
  });
  return { ...(await listening(server)), responses };
}

async function http2(
  handler: Handler,
): Promise<Awaited<ReturnType<typeof listening>> & { session: ClientHttp2Session; responses: ServerResponse[] }> {
  const responses: ServerResponse[] = [];
  const classes = { Http2ServerRequest: Http1LikeRequest, Http2ServerResponse: Http1LikeResponse };
  const server = createHttp2Server(classes, (request: Http1LikeRequest, response: Http1LikeResponse) => {
    responses.push(response as unknown as ServerResponse);
    handler(...asHttp1(request, response));
  });
  const listener = await listening(server);
  const session = connectHttp2(`http://127.0.0.1:${listener.port}`).on('error', () => {});
  ends.push(() => session.destroy());
  return { ...listener, session, responses };
}

/** Waits until the server has bytes that its client does not take. */
const stuck = async (responses: readonly ServerResponse[]): Promise<number> => {
  let before = -1;
  await vi.waitFor(() => {
    const now = responses[0]?.writableLength ?? 0;
    const isStuck = now > 0 && now === before;
    before = now;
    expect(isStuck).toBe(true);
  }, 30_000);
  return before;
};

describe('a client of HTTP/1.1 that takes nothing', () => {
  it('is ended after the limit', async () => {
    const { port, watch, ended, responses } = await http1((_, response) => void response.end(BODY));
    const client = deafClient(port);
    await stuck(responses);
    watch.look(0);
    watch.look(59_999);
    expect(ended).toEqual([]);
    const closed = new Promise((resolve) => client.once('close', resolve));
    watch.look(60_000);
    expect(ended).toEqual(['http/1.1']);
    client.resume();
    await closed;
    expect(responses[0]?.destroyed).toBe(true);
  });

  it('is given longer for an event stream, and no longer than that', async () => {
    const { port, watch, ended, responses } = await http1((_, response) => {
      markEventStream(response);
      response.write(BODY);
    });
    deafClient(port);
    await stuck(responses);
    watch.look(0);
    watch.look(299_999);
    expect(ended).toEqual([]);
    watch.look(300_000);
    expect(ended).toEqual(['http/1.1']);
  });

  it('is given as long for a WebSocket', async () => {
    const { port, watch, ended } = await http1(() => {});
    const socket = deafClient(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'readable');
    watch.look(0);
    await vi.waitFor(() => {
      watch.look(1);
      watch.look(300_001);
      expect(ended).toEqual(['websocket']);
    });
  });
});

describe('a connection of HTTP/1.1 that is not read, because the body of its request is not consumed', () => {
  async function unread(handler: Handler) {
    const served = await http1((request, response) => {
      markEventStream(response);
      response.flushHeaders();
      handler(request, response);
    });
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${PAGE.length}\r\n\r\n`;
    const client = deafClient(served.port, head + PAGE.toString()).resume();
    await vi.waitFor(() => expect(served.responses[0]?.socket?.isPaused()).toBe(true), 10_000);
    return { ...served, client, response: served.responses[0]! };
  }

  it('is ended after the limit for event streams', async () => {
    const { watch, ended, response } = await unread(() => {});
    const closed = once(response, 'close');
    watch.look(0);
    watch.look(299_999);
    expect(ended).toEqual([]);
    watch.look(300_000);
    expect(ended).toEqual(['http/1.1']);
    await closed;
  });

  it('is let be while its answer is written', async () => {
    const { watch, ended, client, response } = await unread(() => {});
    for (let nowMs = 0; nowMs < 1_200_000; nowMs += 299_000) {
      const received = once(client, 'data');
      await new Promise((resolve) => response.write('event', resolve));
      watch.look(nowMs);
      await received;
    }
    expect(ended).toEqual([]);
  });

  it('is let be while it is read now and then', async () => {
    const bodies: IncomingMessage[] = [];
    const { watch, ended } = await unread((request) => void bodies.push(request));
    for (let nowMs = 0; nowMs < 1_200_000; nowMs += 299_000) {
      watch.look(nowMs);
      const [body] = bodies as [IncomingMessage];
      while (!body.read()) await once(body, 'readable');
      await vi.waitFor(() => expect(body.socket.isPaused()).toBe(true), 10_000);
    }
    expect(ended).toEqual([]);
  });

  it('is let be once its request is read', async () => {
    const { watch, ended, responses } = await unread(() => {});
    watch.look(0);
    const { req } = responses[0]!;
    await req.resume().toArray();
    watch.look(300_000);
    watch.look(600_000);
    expect(ended).toEqual([]);
  });
});

/** Reads so much that the other side must have sent more since: sockets buffer less than half of it. */
async function take(client: Socket, bytes = 16 * 1024 * 1024): Promise<void> {
  const enough = Promise.withResolvers<void>();
  let taken = 0;
  const onData = (chunk: Buffer): void => void ((taken += chunk.length) >= bytes && enough.resolve());
  client.on('data', onData).resume();
  await enough.promise;
  client.off('data', onData).pause();
}

it.each([
  ['a single large piece', (response: ServerResponse) => void response.end(Buffer.alloc(10 * BODY.length))],
  [
    'many pieces',
    (response: ServerResponse) =>
      void Readable.from(Array<Buffer>(10 * 256).fill(Buffer.alloc(BODY.length / 256)), { objectMode: false }).pipe(
        response,
      ),
  ],
])('lets a client be that takes some of it now and then: %s', async (_, answer) => {
  const { port, watch, ended, responses } = await http1((_request, response) => answer(response));
  const client = deafClient(port);
  await stuck(responses);
  for (let nowMs = 0; nowMs < 480_000; nowMs += 59_000) {
    watch.look(nowMs);
    await take(client);
  }
  expect(ended).toEqual([]);
});

it.each([
  ['HTTP/1.1', http1],
  ['HTTP/2', http2],
])('lets an answer be that has nothing to send: %s', async (_, serve) => {
  const served = await serve((_request, response) => void response.write('all for now'));
  if ('session' in served)
    (served.session as ClientHttp2Session)
      .request({ ':path': '/' })
      .on('error', () => {})
      .resume();
  else deafClient(served.port).resume();
  await vi.waitFor(() => expect(served.responses[0]?.headersSent).toBe(true));
  await vi.waitFor(() => expect(served.responses[0]?.writableLength).toBe(0));
  for (let nowMs = 0; nowMs < 600_000; nowMs += 5_000) served.watch.look(nowMs);
  expect(served.ended).toEqual([]);
});

describe('a stream of HTTP/2 that takes nothing', () => {
  it.each([
    ['whose answer is whole', (response: ServerResponse) => void response.end(PAGE)],
    ['whose answer comes in pieces', (response: ServerResponse) => void response.write(PAGE)],
  ])('is ended after the limit, others on its connection go on: %s', async (_, answer) => {
    const { session, watch, ended, responses } = await http2((request, response) =>
      request.url === '/stuck' ? answer(response) : void response.end('well'),
    );
    const deaf = session.request({ ':path': '/stuck' }).on('error', () => {});
    await stuck(responses);
    const closed = new Promise((resolve) => deaf.once('close', resolve));
    watch.look(0);
    watch.look(60_000);
    expect(ended).toEqual(['http/2']);
    deaf.resume();
    await closed;
    expect(deaf.rstCode).not.toBe(0);
    const well = session.request({ ':path': '/well' });
    expect((await well.toArray()).join('')).toBe('well');
  });

  it('is given longer for an event stream', async () => {
    const { session, watch, ended, responses } = await http2((_, response) => {
      markEventStream(response);
      response.write(BODY);
    });
    session.request({ ':path': '/' }).on('error', () => {});
    await stuck(responses);
    watch.look(0);
    watch.look(299_999);
    expect(ended).toEqual([]);
    watch.look(300_000);
    expect(ended).toEqual(['http/2']);
  });

  it('is not told from one that takes as much as comes by what waits alone', async () => {
    const { session, watch, ended, responses } = await http2(
      (_, response) => void response.write(Buffer.alloc(128 * 1024)),
    );
    const reading = session.request({ ':path': '/' }).on('error', () => {});
    for (let nowMs = 0; nowMs < 600_000; nowMs += 30_000) {
      const pending = await stuck(responses);
      watch.look(nowMs);
      let taken = 0;
      while (taken < 64 * 1024) {
        const chunk = (reading.read() ?? (await once(reading, 'readable').then(() => reading.read()))) as Buffer | null;
        taken += chunk?.length ?? 0;
      }
      responses[0]?.write(Buffer.alloc(taken));
      expect(pending).toBeGreaterThan(0);
    }
    expect(ended).toEqual([]);
  });
});

describe('a connection of HTTP/2 whose client reads not a byte of it', () => {
  const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt16BE((type << 8) | flags, 3);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  /** The largest windows, and `GET /`. */
  const REQUEST = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(4, 0, 0, Buffer.from('00047fffffff', 'hex')),
    frame(8, 0, 0, Buffer.from('7fff0000', 'hex')),
    frame(1, 5, 1, Buffer.from([0x82, 0x86, 0x84, 0x41, 0x01, 0x61])),
  ]);

  async function deaf() {
    const served = await http2((_, response) => void response.end(BODY));
    const client = deafClient(served.port, '');
    client.write(REQUEST);
    await stuck(served.responses);
    const [response] = served.responses as unknown as Http1LikeResponse[];
    const closed = new Promise((resolve) => response!.stream.session!.socket.once('close', resolve));
    return { ...served, response: response!, closed };
  }

  it('is ended, when it answers no ping either', async () => {
    const { watch, ended, closed } = await deaf();
    watch.look(0);
    watch.look(60_000);
    expect(ended).toEqual(['http/2']);
    watch.look(119_999);
    expect(ended).toEqual(['http/2']);
    watch.look(120_000);
    expect(ended).toEqual(['http/2', 'http/2']);
    await closed;
  });

  it('is ended, when all of it was written already and only the end is waited for', async () => {
    const { watch, ended, response, closed } = await deaf();
    const { stream } = response;
    const { session } = stream;
    const streamClosed = once(stream, 'close').catch(() => {});
    stream.on('error', () => {});
    response.destroy();
    await streamClosed;
    session!.close();
    watch.look(0);
    watch.look(59_999);
    expect(ended).toEqual([]);
    watch.look(60_000);
    expect(ended).toEqual(['http/2']);
    await closed;
  });
});
