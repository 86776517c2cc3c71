import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { spawnService, startService, type ServiceProcess } from './process.js';
import { agreeToWebSocket, openWebSocket } from './websocket.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};

/** A request that takes longer is slow; others are far from it on a busy machine, too. */
const SLOW_MS = 2000;
const LATE_MS = 2100;

/** A web application: pages, one that may be cached, an event stream, a slow page, a WebSocket. */
const pod = createServer((req, res) => {
  if (req.url === '/health') return void res.end('ok');
  if (req.url?.startsWith('/cached')) return void res.setHeader('cache-control', 'public, max-age=60').end('kept');
  if (req.url === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    return void setTimeout(() => res.end('data: 2\n\n'), LATE_MS);
  }
  if (req.url === '/slow') return void setTimeout(() => res.end('late'), LATE_MS);
  if (req.url === '/missing') return void res.writeHead(404).end();
  if (req.url === '/broken') return void res.writeHead(200, { 'content-length': 9 }).write('half', () => res.destroy());
  res.end('page');
});
pod.on('upgrade', (_, socket) => agreeToWebSocket(socket).end('bye'));

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
});
afterAll(() => {
  pod.closeAllConnections();
  pod.close();
});

const start = (env: NodeJS.ProcessEnv = {}) => startService('gateway', { ...AWAY, WEB_BACKENDS: urlOf(pod), ...env });

/** The access line of a request. */
const lineOf = ({ logs }: ServiceProcess, requestId: string) =>
  vi.waitFor(() => {
    const line = logs.find((each) => each.requestId === requestId && 'durationMs' in each);
    expect(line).toBeDefined();
    return line!;
  });

describe('an access log of everything', () => {
  let gateway: ServiceProcess;
  beforeAll(async () => void (gateway = await start({ LOG_ACCESS: 'all' })));
  afterAll(() => gateway.stop());

  let count = 0;
  const ask = async (path: string, init: RequestInit = {}) => {
    const id = `r${(count += 1)}`;
    const answer = await fetch(`${gateway.url}${path}`, { ...init, headers: { ...init.headers, 'x-request-id': id } });
    await answer.text().catch(() => '');
    return lineOf(gateway, id);
  };

  it('has a line of a page, without its query', async () => {
    expect(await ask('/c/1?q=private', { headers: { cookie: 'token=s3cr3t', 'user-agent': 'spec' } })).toMatchObject({
      msg: 'request',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      client: '127.0.0.1',
      method: 'GET',
      path: '/c/1',
      protocol: 'HTTP/1.1',
      route: 'web',
      status: 200,
      bytes: 4,
      durationMs: expect.any(Number) as number,
      firstByteMs: expect.any(Number) as number,
      backend: urlOf(pod),
      tries: 1,
      cache: 'unstored',
      userAgent: 'spec',
    });
    expect(JSON.stringify(gateway.logs)).not.toMatch(/private|s3cr3t/);
  });

  it('has a line of an answer from the cache, which names no backend', async () => {
    expect(await ask('/cached')).toMatchObject({ cache: 'miss', backend: urlOf(pod), tries: 1 });
    const hit = await ask('/cached');
    expect(hit).toMatchObject({ cache: 'hit', status: 200, bytes: 4 });
    expect(hit).not.toHaveProperty('backend');
  });

  it('has a line of a model call, with its key', async () => {
    // until a check has found the demo model
    await vi.waitFor(async () => expect(await fetch(`${gateway.url}/v1/models`)).toMatchObject({ ok: true }), 20_000);
    const body = JSON.stringify({ model: 'demo-echo', messages: [{ role: 'user', content: 'hi' }], stream: true });
    const line = await ask('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(line).toMatchObject({ method: 'POST', route: 'openai', status: 200, tries: 1, key: 'loopback' });
    expect(line.backend).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  });

  it('has a line of a native request, named by its template', async () => {
    expect(await ask('/slipstream/v1/users/u1')).toMatchObject({
      route: '/slipstream/v1/users/:id',
      path: '/slipstream/v1/users/u1',
      status: 503,
      key: 'loopback',
    });
  });

  it('has a line of an event stream when it ends', async () => {
    expect(await ask('/events')).toMatchObject({ path: '/events', status: 200, bytes: 18, msg: 'request' });
  });

  it('has a line of an answer that its backend broke off', async () => {
    expect(await ask('/broken')).toMatchObject({ status: 200, end: 'broken-off' });
  });

  it('has a line of a WebSocket when it ends', async () => {
    const { socket } = await openWebSocket(`${gateway.url}/ws?token=s3cr3t`, { headers: { 'x-request-id': 'ws' } });
    socket.destroy();
    expect(await lineOf(gateway, 'ws')).toMatchObject({
      path: '/ws',
      protocol: 'websocket',
      status: 101,
      tries: 1,
      backend: urlOf(pod),
    });
  });

  it('has a line of a request that the listener refuses', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
    await socket.toArray();
    await vi.waitFor(() =>
      expect(gateway.logs).toContainEqual(
        expect.objectContaining({ route: 'unparsable', status: 400, client: '127.0.0.1' }),
      ),
    );
  });

  it('counts its lines', async () => {
    const text = await (await fetch(`${gateway.managementUrl}/metrics`)).text();
    expect(text).toMatch(/^slipstream_access_log_lines_total\{outcome="written"\} [1-9]\d*$/m);
    expect(text).toMatch(/^slipstream_access_log_lines_total\{outcome="dropped"\} 0$/m);
  });
});

it('has lines of errors and of slow requests by default, and says where the time of these went', async () => {
  const gateway = await start({ LOG_SLOW_MS: String(SLOW_MS) });
  const ask = async (path: string) =>
    (await fetch(`${gateway.url}${path}`, { headers: { 'x-request-id': `r${path.replace('/', '-')}` } })).text();
  await ask('/quick');
  await ask('/events');
  await ask('/slow');
  expect(await lineOf(gateway, 'r-slow')).toMatchObject({
    msg: expect.stringMatching(/^slow request: \d+ of \d+ ms until the first byte of the backend$/) as string,
    stages: {
      requestMs: expect.any(Number) as number,
      queueMs: 0,
      connectMs: expect.any(Number) as number,
      firstByteMs: expect.any(Number) as number,
      bodyMs: expect.any(Number) as number,
      clientMs: expect.any(Number) as number,
    },
  });
  await ask('/missing');
  expect(await lineOf(gateway, 'r-missing')).toMatchObject({ status: 404, msg: 'request' });
  expect(await gateway.stop()).toBe(0);
  expect(gateway.logs.filter((line) => 'durationMs' in line).map(({ path }) => path)).toEqual(['/slow', '/missing']);
});

it('writes the combined format, and loses no line at the end', async () => {
  const child = spawnService('gateway', {
    ...AWAY,
    WEB_BACKENDS: urlOf(pod),
    SLIPSTREAM_CONFIG: new URL('./combined-log.yaml', import.meta.url).pathname,
  });
  const closed = once(child, 'close');
  let text = '';
  const url = Promise.withResolvers<string>();
  child.stdout!.on('data', (chunk: Buffer) => {
    text += chunk;
    const [, found] = /"url":"([^"]+)".*gateway listens/.exec(text) ?? [];
    if (found) url.resolve(found);
  });
  const { port } = new URL(await url.promise);
  const path = '/a%22b"\\x1b" 200 0 "forged';
  const socket = connect(Number(port), '127.0.0.1', () =>
    socket.write(
      `GET ${path.replaceAll(' ', '%20')} HTTP/1.1\r\nHost: a\r\nUser-Agent: "x\\\r\nConnection: close\r\n\r\n`,
    ),
  );
  await socket.toArray();
  child.kill('SIGTERM');
  await closed;
  const line = text.split('\n').find((each) => each.startsWith('127.0.0.1 - '));
  expect(line).toMatch(
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/a%22b\\x22\\x5Cx1b\\x22%20200%200%20\\x22forged HTTP\/1\.1" 200 4 "-" "\\x22x\\x5C" id=\w+ ms=\d+ backend=http:\/\/127\.0\.0\.1:\d+ tries=1 cache=\w+ end=complete$/,
  );
});
