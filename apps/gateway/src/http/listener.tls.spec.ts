import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { PREFACE, frame, getFields, headers, reset } from './testing/http2-frames.js';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
  local.close();
});

const say: RequestHandler = (_, response) => void response.end('ok');

describe('with TLS', () => {
  async function startTls(web: RequestHandler) {
    const tls = await makeSelfSignedPair('127.0.0.1');
    const started = await local.start(web, { tls });
    const session = (): ClientHttp2Session => {
      const made = connectHttp2(started.url, { ca: tls.cert }).on('error', () => {});
      sessions.push(made);
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

  it.each(['GET', 'HEAD'])('speaks HTTP/2 and HTTP/1.1 on one port: %s', async (method) => {
    const { url, port, tls, session } = await startTls(
      (request, response, { peer }) =>
        void response.writeHead(200, { 'x-spoken': `${request.httpVersion} ${peer.isEncrypted}` }).end(),
    );
    expect(url).toMatch(/^https:/);
    const [answer] = (await once(session().request({ ':method': method }), 'response')) as [IncomingHttpHeaders];
    expect(answer).toMatchObject({ ':status': 200, 'x-spoken': '2.0 true' });
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert }, () =>
      socket.write(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    );
    expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 [^]*x-spoken: 1\.1 true\r\n/);
  });

  it('refuses a Host that differs from :authority, and takes one that does not', async () => {
    const { session } = await startTls(say);
    const client = session();
    expect(await get(client, { ':authority': 'a', host: 'b' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('invalid_host'),
    });
    expect(await get(client, { ':authority': 'a', host: 'a' })).toEqual({ status: 200, text: 'ok' });
  });

  it("is nobody's tunnel, and the session goes on", async () => {
    const { session, observed } = await startTls(say);
    const client = session();
    expect(await get(client, { ':method': 'CONNECT', ':authority': 'b:443' })).toMatchObject({ status: 501 });
    expect(await get(client)).toEqual({ status: 200, text: 'ok' });
    expect(observed.map(({ status }) => status)).toEqual([501, 200]);
  });

  it('speaks no TLS older than 1.2, and answers no plain text', async () => {
    const { port, tls } = await startTls(say);
    await expect(
      certificateOf(port, tls.cert, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
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
  it.each<[string, (n: number) => Buffer]>([
    ['of resets (CVE-2023-44487)', (n) => Buffer.concat([headers(2 * n + 1, getFields()), reset(2 * n + 1)])],
    [
      'of CONTINUATION (CVE-2024-27983)',
      (n) => (n === 0 ? frame(1, 1, 1, getFields()) : frame(9, 0, 1, Buffer.alloc(1))),
    ],
  ])('%s ends the connection', async (_, attack) => {
    const tls = await makeSelfSignedPair('127.0.0.1');
    const { port } = await local.start(() => {}, { tls });
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
