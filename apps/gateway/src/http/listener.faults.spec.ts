import { connect as connectHttp2 } from 'node:http2';
import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { endConnectionInScope } from '@slipstream/http';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
afterEach(() => local.close());
const error = vi.fn();
const logger = { isLevelEnabled: () => false, debug: () => {}, info: () => {}, warn: () => {}, error };
const broken = (): never => {
  throw new Error('a secret of ours');
};

it.each(['/', '/v1/models', '/slipstream/v1/users'])(
  'answers 500 where a handler throws, closes, and shows nothing of it: %s',
  async (path) => {
    const onUncaughtError = vi.fn();
    const { port, observed, inFlight } = await local.start(broken, { logger, onUncaughtError });
    const answer = await exchange(
      port,
      `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 500 [^]*connection: close[^]*"code":"internal_error"/i);
    expect(answer).not.toContain('secret');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect([observed.map(({ status }) => status), inFlight(), onUncaughtError.mock.calls.length]).toEqual([
      [500],
      0,
      1,
    ]);
  },
);

it('cuts an answer that a handler had begun when it threw', async () => {
  const { port } = await local.start(
    (_, response) => (response.writeHead(200, { 'content-length': 10 }).write('half'), broken()),
    { logger },
  );
  expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).not.toMatch(/half.{6}/);
});

it('ends the connection of a handshake whose handler throws, and counts it once', async () => {
  const { port, observed, inFlight } = await local.start(broken, { logger, upgrade: broken });
  expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')).toBe(
    '',
  );
  expect([observed, inFlight()]).toEqual([[{ route: 'web', status: 500 }], 0]);
});

it('ends one stream of HTTP/2, and not its session', async () => {
  const tls = await makeSelfSignedPair('127.0.0.1');
  const { url } = await local.start(
    (request, response) => (request.url === '/broken' ? broken() : void response.end('ok')),
    { logger, tls },
  );
  const session = connectHttp2(url, { ca: tls.cert });
  const status = async (path: string) => {
    const stream = session.request({ ':path': path }).resume();
    const [head] = (await once(stream, 'response')) as [{ ':status': number }];
    return head[':status'];
  };
  expect([await status('/broken'), await status('/')]).toEqual([500, 200]);
  session.destroy();
});

it.each([
  ['HTTP/1.1', false],
  ['HTTP/2', true],
])('runs what a request of %s leads to in the scope of its connection', async (_, isHttp2) => {
  const tls = await makeSelfSignedPair('127.0.0.1');
  const ended: boolean[] = [];
  const { url, port } = await local.start(
    () => void setTimeout(() => ended.push(endConnectionInScope()), 1),
    isHttp2 ? { tls } : {},
  );
  if (isHttp2) {
    const session = connectHttp2(url, { ca: tls.cert }).on('error', () => {});
    session
      .request({})
      .on('error', () => {})
      .resume();
    await new Promise((resolve) => session.once('close', resolve)); // its errors count for nothing
  } else {
    await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  }
  expect(ended).toEqual([true]);
  expect(endConnectionInScope()).toBe(false);
});
