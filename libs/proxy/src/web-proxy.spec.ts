import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LoadBalancer } from '@slipstream/balancer';
import { SlipstreamError } from '@slipstream/contracts';
import { createWebProxy, type WebProxy, type WebProxyOptions } from './index.js';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => ((server as Server).closeAllConnections?.(), server.close()));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const backend = (listener: RequestListener) => listening(createServer(listener));
const rawBackend = (onSocket: (socket: Socket) => void) => listening(createTcpServer((socket) => (socket.on('error', () => undefined), onSocket(socket))));

async function nobody(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  server.close();
  return url;
}

async function proxy(urls: string[], options: Partial<WebProxyOptions> = {}) {
  const balancer = new LoadBalancer({ name: 'web', backends: urls.map((url) => ({ url })), logger });
  const web: WebProxy = createWebProxy({
    balancer,
    connectTimeoutMs: 500,
    headersTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    logger,
    refuse: (response, error) => response.writeHead(599).end(error instanceof SlipstreamError ? error.code : String(error)),
    ...options,
  });
  const context = (url = '/') => ({ requestId: 'r1', traceparent: 't1', url });
  const server = createServer({ shouldUpgradeCallback: ({ headers }) => headers.upgrade === 'websocket' }, (req, res) => web.request(req, res, context(req.url)));
  server.on('upgrade', (req, socket, head) => web.upgrade(req, socket, head, context(req.url)));
  const url = await listening(server);
  ends.push(() => web.close());
  return { url, balancer };
}

const codeOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

describe('requests', () => {
  it('go through with path, query, method and body, and come back with status, headers and body', async () => {
    const url = await backend(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += chunk;
      res.writeHead(201, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] }).end(`${req.method} ${req.url} ${body} ${req.headers['x-request-id']}`);
    });
    const response = await fetch(`${(await proxy([url])).url}/a/b?c=%2F`, { method: 'POST', body: 'hello' });
    expect([response.status, response.headers.get('x-answer'), response.headers.getSetCookie()]).toEqual([201, 'yes', ['a=1', 'b=2']]);
    expect(await response.text()).toBe('POST /a/b?c=%2F hello r1');
  });

  it.each(['//evil.example/x', 'http://evil.example/x', '/\\evil.example/x'])('the target %s can\'t name another host', async (target) => {
    const url = await backend((req, res) => res.end(`backend saw ${req.url}`));
    const gateway = new URL((await proxy([url])).url);
    const socket = connect(Number(gateway.port), gateway.hostname, () => socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk));
    await once(socket, 'close');
    expect(answer).toMatch(/backend saw \/\S*x/);
  });

  it('events reach the client as they happen', async () => {
    const go = Promise.withResolvers<void>();
    const url = await backend(async (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await go.promise;
      res.end('data: 2\n\n');
    });
    const reader = (await fetch((await proxy([url])).url)).body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: 1\n\n');
    go.resolve();
    expect((await reader.read()).value).toBe('data: 2\n\n');
  });

  it('a safe request goes on to the next backend when one is not there; another is told', async () => {
    const alive = await backend((_, res) => res.end('alive'));
    const { url } = await proxy([await nobody(), alive]);
    expect(await Promise.all([1, 2, 3].map(() => codeOf(url)))).toEqual(['alive', 'alive', 'alive']);
    const { url: dead } = await proxy([await nobody()]);
    expect(await codeOf(dead, { method: 'POST', body: 'x' })).toBe('backend_unreachable');
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'backend_unreachable'],
    ['answers with garbage', (socket) => socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')), 'backend_bad_answer'],
    ['says nothing', () => undefined, 'backend_timeout'],
  ])('a backend that %s', async (_, onSocket, code) => {
    const { url } = await proxy([await rawBackend(onSocket)], { headersTimeoutMs: 300 });
    expect(await codeOf(url, { method: 'POST', body: 'x' })).toBe(code);
  }, 15_000);

  it('an answer that breaks off never looks complete', async () => {
    const url = await rawBackend((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')));
    await expect(fetch((await proxy([url])).url).then((response) => response.text())).rejects.toThrow();
  });

  it('a client that leaves ends the backend\'s work, and gives its place back', async () => {
    const left = Promise.withResolvers<void>();
    const url = await backend((_, res) => {
      res.write('beginning');
      res.once('close', left.resolve);
    });
    const { url: gateway, balancer } = await proxy([url]);
    const leaving = new AbortController();
    const response = await fetch(gateway, { signal: leaving.signal });
    await response.body!.getReader().read();
    expect(balancer.backends()[0]?.connections).toBe(1);
    leaving.abort();
    await left.promise;
    await vi.waitFor(() => expect(balancer.backends()[0]?.connections).toBe(0));
  });
});

describe('upgrades', () => {
  const open = async (gateway: string, protocol = 'websocket') => {
    const upgrading = httpRequest(gateway, { headers: { connection: 'Upgrade', upgrade: protocol, 'sec-websocket-key': 'a', 'sec-websocket-version': '13' } });
    upgrading.end();
    return Promise.race([
      once(upgrading, 'upgrade').then(([answer, socket, head]) => {
        (socket as Socket).unshift(head as Buffer);
        return { status: answer.statusCode as number, socket: socket as Socket };
      }),
      once(upgrading, 'response').then(([answer]) => ({ status: answer.statusCode as number, socket: undefined })),
    ]);
  };

  async function echo() {
    const server = createServer((_, res) => res.writeHead(426).end());
    server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome ');
      socket.pipe(socket);
    });
    return listening(server);
  }

  it('join the two sockets, and end together', async () => {
    const { url, balancer } = await proxy([await echo()]);
    const { status, socket } = await open(url);
    expect(status).toBe(101);
    let text = '';
    socket!.on('data', (chunk: Buffer) => (text += chunk)).write('ping');
    await vi.waitFor(() => expect(text).toBe('welcome ping'));
    expect(balancer.backends()[0]?.connections).toBe(1);
    socket!.destroy();
    await vi.waitFor(() => expect(balancer.backends()[0]?.connections).toBe(0));
  });

  it('to a protocol that we don\'t know are answered as plain requests (RFC 9110 section 7.8)', async () => {
    const { url } = await proxy([await backend((req, res) => res.end(req.headers.upgrade ?? 'none'))]);
    expect(await open(url, 'h2c')).toMatchObject({ status: 200 });
  });

  it('that the backend refuses are refused with its own answer', async () => {
    const { url } = await proxy([await backend((_, res) => res.writeHead(403).end('no'))]);
    expect((await open(url)).status).toBe(403);
  });

  it('are refused when no backend is there', async () => {
    const { url } = await proxy([await nobody()]);
    expect((await open(url)).status).toBe(502);
  });
});
