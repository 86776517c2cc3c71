import { once } from 'node:events';
import { createServer as createHttp, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { probeHealth } from '@slipstream/upstream';
import { LocalServers } from './testing/local-servers.js';
import { signedHere } from './testing/signed-here.js';

const local = new LocalServers();
afterEach(() => local.close());

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' +
  'websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';
const HEALTH = { path: '/health', minStatus: 200, maxStatus: 299 };
const backendAt = (url: string, serverName?: string) => ({
  url,
  weight: 1,
  priority: 0,
  isDraining: false,
  ...(serverName !== undefined && { serverName }),
});

/** Notes the Host and the forwarded Host of all that comes; agrees to every WebSocket. */
async function noting(server: Server) {
  const seen: [string | undefined, unknown][] = [];
  server.on(
    'request',
    (req: IncomingMessage, res) => (seen.push([req.headers.host, req.headers['x-forwarded-host']]), res.end('well')),
  );
  server.on('upgrade', (req: IncomingMessage, socket) => {
    seen.push([req.headers.host, req.headers['x-forwarded-host']]);
    socket.on('error', () => {}).write(`${AGREED}\r\n`);
    socket.write(Buffer.from([0x81, 0x02, 0x30, 0x7b]));
  });
  return { url: await local.listening(server), seen };
}

async function ask(url: string, host: string): Promise<string> {
  const asking = httpRequest(url, { headers: { host } });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return (await answer.toArray()).join('');
}

async function openWebSocket(url: string, host: string): Promise<number | undefined> {
  const asking = httpRequest(url, {
    headers: { host, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': KEY },
  });
  asking.end();
  const [answer, socket] = (await Promise.race([once(asking, 'upgrade'), once(asking, 'response')])) as [
    IncomingMessage,
    { destroy(): void }?,
  ];
  socket?.destroy();
  return answer.statusCode;
}

describe('Host of proxied requests and WebSockets', () => {
  it.each([
    [undefined, () => 'client.example'],
    ['preserve', () => 'client.example'],
    ['backend', (url: string) => new URL(url).host],
    ['app.internal:8443', () => 'app.internal:8443'],
  ])('%s', async (host, expected) => {
    const { url, seen } = await noting(createHttp());
    const gateway = await local.gateway([url], { host });
    expect(await ask(gateway.url, 'client.example')).toBe('well');
    expect(await openWebSocket(gateway.url, 'client.example')).toBe(101);
    expect(seen).toEqual([
      [expected(url), 'client.example'],
      [expected(url), 'client.example'],
    ]);
  });

  it("is each backend's own when a request moves to another", async () => {
    const gone = await local.nobody();
    const { url, seen } = await noting(createHttp());
    const gateway = await local.gateway([gone, url], { host: 'backend' });
    for (let round = 0; round < 2; round++) expect(await ask(gateway.url, 'client.example')).toBe('well');
    expect(seen.map(([host]) => host)).toEqual([new URL(url).host, new URL(url).host]);
  });
});

describe('Host of health checks', () => {
  it.each<[string, Parameters<typeof probeHealth>[0], string | undefined, (url: string) => string]>([
    ['of the URL', HEALTH, undefined, (url) => new URL(url).host],
    ['of the name that it was found by', HEALTH, 'pods.example', () => 'pods.example'],
    ['as of proxied requests', { ...HEALTH, host: 'app.internal' }, undefined, () => 'app.internal'],
    ['of the backend', { ...HEALTH, host: 'backend' }, 'pods.example', (url) => `pods.example:${new URL(url).port}`],
    [
      'as its fields say',
      { ...HEALTH, host: 'app.internal', headers: { Host: 'checks.internal' } },
      undefined,
      () => 'checks.internal',
    ],
  ])('%s', async (_, options, serverName, expected) => {
    const { url, seen } = await noting(createHttp());
    await probeHealth({ ...options, webSocketPath: '/ws' })(backendAt(url, serverName), AbortSignal.timeout(10_000));
    expect(seen.map(([host]) => host)).toEqual([expected(url), expected(url)]);
  });

  it('comes with the other fields of the configuration', async () => {
    const seen: unknown[] = [];
    const url = await local.http(
      (req, res) => (seen.push(req.headers['x-probe'], req.headers['user-agent']), res.end()),
    );
    await probeHealth({ ...HEALTH, headers: { 'X-Probe': 'yes', 'User-Agent': 'kube-probe/1' } })(
      backendAt(url),
      AbortSignal.timeout(10_000),
    );
    expect(seen).toEqual(['yes', 'kube-probe/1']);
  });
});

describe('https backends with an authority of their own', () => {
  let pair: Awaited<ReturnType<typeof signedHere>>;
  beforeAll(async () => void (pair = await signedHere()));
  const secure = async () => {
    const noted = await noting(createHttps(pair) as unknown as Server);
    return { ...noted, url: noted.url.replace('http:', 'https:') };
  };

  it.each<[string, { ca?: boolean; serverName?: string }, boolean]>([
    ['are not trusted by default', {}, false],
    ['are trusted by it', { ca: true }, true],
    ['are trusted by it and the name', { ca: true, serverName: 'pods.example' }, true],
    ['are not trusted under another name', { ca: true, serverName: 'other.example' }, false],
  ])('%s: requests, WebSockets and health checks', async (_, { ca, serverName }, isTrusted) => {
    const { url } = await secure();
    const tls = { ca: ca ? pair.cert : undefined, serverName };
    const gateway = await local.gateway([url], { tls });
    expect(await ask(gateway.url, 'a')).toBe(isTrusted ? 'well' : 'backend_unreachable');
    const checking = probeHealth({ ...HEALTH, tls, webSocketPath: '/ws' })(backendAt(url), AbortSignal.timeout(10_000));
    await (isTrusted ? checking : expect(checking).rejects.toThrow());
    if (isTrusted) expect(await openWebSocket(gateway.url, 'a')).toBe(101);
  });
});
