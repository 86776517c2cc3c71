import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Listener, type ListenerOptions, type RequestHandler } from './listener.js';
import { makeSelfSignedPair } from './tls-pair.js';
import { UPLOAD_SILENCE_MS } from './upload-silence.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const logger = { debug: () => {} } as unknown as ListenerOptions['logger'];

async function start(web: RequestHandler, options: Partial<ListenerOptions> = {}) {
  const observed: { route: string; status: number }[] = [];
  let inFlight = 0;
  const metrics = {
    observe: ({ route, status }: { route: string; status: number }) => void observed.push({ route, status }),
    begin: () => {
      inFlight += 1;
      return () => void (inFlight -= 1);
    },
  };
  const listener = new Listener({ host: '127.0.0.1', port: 0, handlers: { web, native: web, openai: web }, metrics, logger, ...options });
  const url = await listener.listen();
  ends.push(() => listener.close());
  return { listener, url, port: Number(new URL(url).port), observed, inFlight: () => inFlight };
}

/** All that comes back for these bytes until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  return (await socket.toArray()).join('');
}

const say: RequestHandler = (_, response) => void response.end('ok');
const OVERLONG = `X-Long: ${'x'.repeat(40_000)}`;

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
    const { port, observed } = await start((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const answer = await exchange(port, `GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 [^]*connection: close[^]*"code":"invalid_host"/i);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(asked).toEqual([]);
    expect(observed.map(({ status }) => status)).toEqual([400]);
  });

  it.each(['a', 'chat.example:8080', '127.0.0.1', '[::1]:80', 'a_b'])('takes the Host %s', async (host) => {
    const { port } = await start(say);
    expect(await exchange(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ['garbage', 'this is not HTTP\r\n\r\n', 400, 'malformed_request'],
    ['a length beside chunks', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'malformed_request'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 400, 'malformed_request'],
    ['a bad chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400, 'malformed_request'],
    ['too large a head', `GET / HTTP/1.1\r\nHost: a\r\n${OVERLONG}\r\n\r\n`, 431, 'headers_too_large'],
  ])('refuses %s, closes, and counts it', async (_, text, status, code) => {
    const { port, observed } = await start((request, response) => void request.on('error', () => {}).on('end', () => response.end()).resume());
    expect(await exchange(port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json[^]*Connection: close[^]*"code":"${code}"`));
    await vi.waitFor(() => expect(observed).toContainEqual({ route: 'unparsable', status }));
  });

  it('writes no refusal into an answer that is under way', async () => {
    const { port } = await start((_, response) => void response.writeHead(200, { 'content-length': '1000' }).write('half'));
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk)).on('error', () => {});
    await vi.waitFor(() => expect(text).toMatch(/half$/));
    socket.write('garbage\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/half$/);
  });

  it('counts a client that left before it was answered as 499', async () => {
    const asked = Promise.withResolvers<void>();
    const { port, observed, inFlight } = await start(() => asked.resolve());
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    await asked.promise;
    socket.destroy();
    await vi.waitFor(() => expect(observed).toEqual([{ route: 'web', status: 499 }]));
    expect(inFlight()).toBe(0);
  });
});

it('counts WebSocket handshakes, agreed to or not', async () => {
  const { port, observed, inFlight } = await start(say, { upgrade: (_request, socket, _head, context) => (context.onHandshakeAnswered?.(101), void socket.end('HTTP/1.1 101 Ok\r\n\r\n')) });
  const handshake = (path: string, host = 'a') => exchange(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  expect(await handshake('/ws')).toMatch(/^HTTP\/1.1 101 /);
  expect(await handshake('/v1/ws')).toMatch(/^HTTP\/1.1 400 /);
  expect(await handshake('/ws', 'a/b')).toMatch(/^HTTP\/1.1 400 /);
  expect(observed).toEqual([101, 400, 400].map((status) => ({ route: 'web', status })));
  expect(inFlight()).toBe(0);
});

it('knows who is trusted, and where a request comes from', async () => {
  const seen: unknown[] = [];
  const look: RequestHandler = (_, response, { peer, clientAddress }) => (seen.push([peer.isTrusted, clientAddress]), void response.end());
  const [open, strict] = [await start(look, { trustedPeers: ['loopback'] }), await start(look)];
  for (const { port } of [open, strict]) await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nConnection: close\r\n\r\n');
  expect(seen).toEqual([[true, '1.2.3.4'], [false, '127.0.0.1']]);
});

describe('with TLS', () => {
  async function startTls(web: RequestHandler) {
    const tls = await makeSelfSignedPair('127.0.0.1');
    const started = await start(web, { tls });
    const session = (): ClientHttp2Session => {
      const made = connectHttp2(started.url, { ca: tls.cert }).on('error', () => {});
      ends.push(() => made.destroy());
      return made;
    };
    return { ...started, tls, session };
  }
  const get = async (session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}) => {
    const stream = session.request(headers);
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return { status: answer[':status'], text: (await stream.toArray()).join('') };
  };
  const certificateOf = async (port: number, ca: string, options = {}) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca, ...options });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };

  it('speaks HTTP/2 and HTTP/1.1 on one port', async () => {
    const { url, port, tls, session } = await startTls((request, response, { peer }) => void response.end(`${request.httpVersion} ${peer.isEncrypted}`));
    expect(url).toMatch(/^https:/);
    expect(await get(session())).toEqual({ status: 200, text: '2.0 true' });
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert }, () => socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
    expect((await socket.toArray()).join('')).toMatch(/1\.1 true$/);
  });

  it('refuses a Host that differs from :authority, and takes one that does not', async () => {
    const { session } = await startTls(say);
    const client = session();
    expect(await get(client, { ':authority': 'a', host: 'b' })).toMatchObject({ status: 400, text: expect.stringContaining('invalid_host') });
    expect(await get(client, { ':authority': 'a', host: 'a' })).toEqual({ status: 200, text: 'ok' });
  });

  it('speaks no TLS older than 1.2, and answers no plain text', async () => {
    const { port, tls } = await startTls(say);
    await expect(certificateOf(port, tls.cert, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow();
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => '')).not.toContain('HTTP/1.1 2');
  });

  it('uses a new certificate for new connections, and drops none', async () => {
    const { listener, port, tls, session } = await startTls(say);
    const client = session();
    await get(client);
    const renewed = await makeSelfSignedPair('127.0.0.1');
    const before = await certificateOf(port, tls.cert);
    listener.useCertificate(renewed);
    expect(await certificateOf(port, renewed.cert)).not.toBe(before);
    expect(await get(client)).toEqual({ status: 200, text: 'ok' });
  });

  it('drains: says GOAWAY, lets streams end, then the session', async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    const { listener, session } = await startTls((_, response) => (response.write('half '), asked.resolve(response)));
    const client = session();
    const goaway = once(client, 'goaway');
    const answer = get(client);
    const response = await asked.promise;
    const drained = listener.drain();
    await goaway;
    response.end('whole');
    expect((await answer).text).toBe('half whole');
    await drained;
  });
});

describe('a flood over HTTP/2', () => {
  /** RFC 9113 section 4.1. */
  const frame = (type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
  const GET = Buffer.from([0x82, 0x84, 0x87, 0x41, 1, 0x61]); // GET / https, authority a
  const RESET = frame(3, 0, 1, Buffer.from([0, 0, 0, 8])).subarray(9);
  const asked = (stream: number): Buffer => frame(1, 5, stream, GET);
  const reset = (stream: number): Buffer => frame(3, 0, stream, RESET);

  it.each<[string, (n: number) => Buffer]>([
    ['of resets (CVE-2023-44487)', (n) => Buffer.concat([asked(2 * n + 1), reset(2 * n + 1)])],
    ['of CONTINUATION (CVE-2024-27983)', (n) => (n === 0 ? frame(1, 1, 1, GET) : frame(9, 0, 1, Buffer.alloc(1)))],
  ])('%s ends the connection', async (_, attack) => {
    const tls = await makeSelfSignedPair('127.0.0.1');
    const { port } = await start(() => {}, { tls });
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert, ALPNProtocols: ['h2'] }, () => {
      socket.write(PREFACE);
      for (let n = 0; n < 3000; n++) socket.write(attack(n));
    });
    const closed = once(socket, 'close').catch(() => {});
    socket.on('error', () => {}).resume();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

it('cuts off an upload that falls silent, and none that trickles', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  ends.push(() => vi.useRealTimers());
  const asked = Promise.withResolvers<IncomingMessage>();
  const { port } = await start((request) => asked.resolve(request.on('error', () => {})));
  const socket: Socket = connect(port, '127.0.0.1', () => socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n'));
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
