import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LoadBalancer, UnhealthyError, type Backend, type Probe } from '@slipstream/balancer';
import { probeHealth, type HealthProbeOptions } from '@slipstream/upstream';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const OPTIONS: HealthProbeOptions = { path: '/health', minStatus: 200, maxStatus: 299 };
const backendAt = (url: string) => ({ url, weight: 1, priority: 0, isDraining: false });
const signal = () => AbortSignal.timeout(1_000);

describe('a health check', () => {
  it.each<[string, Partial<HealthProbeOptions>, number, string, boolean]>([
    ['a good status', {}, 204, '', true],
    ['a status above', {}, 300, '', false],
    ['a status below', { minStatus: 201 }, 200, '', false],
    ['the only good status', { minStatus: 418, maxStatus: 418 }, 418, 'x', true],
    ['the expected text', { expectedBody: '"status":true' }, 200, '{"status":true}', true],
    ['another text', { expectedBody: '"status":true' }, 200, '{"status":false}', false],
    ['the expected text too late', { expectedBody: 'end' }, 200, `${'x'.repeat(70_000)}end`, false],
  ])('of %s', async (_, options, status, body, passes) => {
    const url = await local.http((req, res) =>
      req.url === '/health' ? res.writeHead(status).end(body || undefined) : res.destroy(),
    );
    const checking = probeHealth({ ...OPTIONS, ...options })(backendAt(url), signal());
    if (passes) await checking;
    else await expect(checking).rejects.toThrow(UnhealthyError);
  });

  it('of nobody says that nobody is there', async () => {
    await expect(probeHealth(OPTIONS)(backendAt(await local.nobody()), signal())).rejects.toThrow('ECONNREFUSED');
  });

  it('asks by the name that the backend was found by', async () => {
    const hosts: (string | undefined)[] = [];
    const url = await local.http((req, res) => (hosts.push(req.headers.host), res.end()));
    await probeHealth(OPTIONS)({ ...backendAt(url), serverName: 'pods.example' }, signal());
    expect(hosts).toEqual(['pods.example']);
  });
});

/** An answer of 200 with these fields and this content. */
const ok = (fields: string, content = '', version = '1.1') => `HTTP/${version} 200 OK\r\n${fields}\r\n${content}`;
const CHUNKS = '2\r\nok\r\n0\r\n\r\n';

describe('a check and a request', () => {
  it.each<[string, string, boolean]>([
    ['a length', ok('Content-Length: 2\r\n', 'ok'), true],
    ['chunks', ok('Transfer-Encoding: chunked\r\n', CHUNKS), true],
    ['chunks, written otherwise', ok('transfer-encoding:\tCHUNKED\r\n', CHUNKS), true],
    ['the end of the connection', ok('', 'ok'), true],
    ['the end of the connection in HTTP/1.0', ok('', 'ok', '1.0'), true],
    ['early hints', `HTTP/1.1 103 Early Hints\r\n\r\n${ok('Content-Length: 0\r\n')}`, true],
    ['chunked with a blank behind it', ok('Transfer-Encoding: chunked \r\n', CHUNKS), false],
    ['identity, chunked', ok('Transfer-Encoding: identity, chunked\r\n', CHUNKS), false],
    ['chunked, identity', ok('Transfer-Encoding: chunked, identity\r\n', CHUNKS), false],
    ['chunked twice', ok('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKS), false],
    ['chunks in HTTP/1.0', ok('Transfer-Encoding: chunked\r\n', CHUNKS, '1.0'), false],
    ['a length and chunks', ok('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', CHUNKS), false],
    ['the same length twice', ok('Content-Length: 2\r\nContent-Length: 2\r\n', 'ok'), false],
    ['a length with a blank behind it', ok('Content-Length: 2 \r\n', 'ok'), false],
    ['a length with a sign', ok('Content-Length: +2\r\n', 'ok'), false],
    ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', false],
    ['a folded field', ok('X: a\r\n b\r\nContent-Length: 2\r\n', 'ok'), false],
    ['a blank before a colon', ok('Content-Length : 2\r\n', 'ok'), false],
    ['a length that is longer than the content', ok('Content-Length: 3\r\n', 'ok'), false],
    ['a chunk without an end', ok('Transfer-Encoding: chunked\r\n', '2\r\nok'), false],
    ['no HTTP', 'SSH-2.0-x\r\n\r\n', false],
  ])('agree on a pod that answers with %s', async (_, answer, isFit) => {
    const url = await local.raw((socket) => void socket.once('data', () => socket.end(answer, 'latin1')));
    const gateway = await local.gateway([url]);
    const passes = await probeHealth(OPTIONS)(backendAt(url), signal()).then(
      () => true,
      () => false,
    );
    const isServed = await fetch(gateway.url)
      .then(async (response) => response.status === 200 && (await response.text()) !== undefined)
      .catch(() => false);
    expect({ passes, isServed }).toEqual({ passes: isFit, isServed: isFit });
  });
});

describe('a check of the WebSocket', () => {
  const FRAME = Buffer.from([0x81, 0x02, 0x30, 0x7b]);
  /** What a handshake is agreed to by (RFC 6455 section 1.3). */
  const acceptOf = (key = ''): string =>
    createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  /** `null`: agrees, and stays silent. */
  async function pod(greeting: Buffer | null | undefined) {
    const one = await changingPod();
    one.greeting = greeting;
    return one.backend;
  }

  async function changingPod() {
    const one: { greeting: Buffer | null | undefined; accept: typeof acceptOf } = { greeting: FRAME, accept: acceptOf };
    const server = createServer((_, res) => res.end());
    server.on('upgrade', (req, socket) => {
      socket.on('error', () => {});
      if (one.greeting === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          `Sec-WebSocket-Accept: ${one.accept(req.headers['sec-websocket-key'])}\r\n\r\n`,
      );
      if (one.greeting) socket.write(one.greeting);
    });
    const backend = backendAt(await local.listening(server));
    return Object.assign(one, { backend });
  }

  const WEB_SOCKET = { ...OPTIONS, webSocketPath: '/ws', timeoutMs: 1_000 };
  const check = (probe: Probe, backend: Backend) => probe(backend, AbortSignal.timeout(10_000));

  it.each([
    ['refuses it', undefined],
    ['agrees, and stays silent', null],
    ['sends no data', Buffer.from([0x89, 0x00])],
  ])('finds the pod that %s while another one hears', async (_, greeting) => {
    const probe = probeHealth(WEB_SOCKET);
    await check(probe, await pod(FRAME));
    await expect(check(probe, await pod(greeting))).rejects.toThrow(UnhealthyError);
  });

  it('finds the pod whose agreement requests refuse, too', async () => {
    const probe = probeHealth(WEB_SOCKET);
    const one = await changingPod();
    one.accept = () => 'another';
    await check(probe, await pod(FRAME));
    await expect(check(probe, one.backend)).rejects.toThrow('Sec-WebSocket-Accept');
  });

  it.each([
    ['refuse it', undefined],
    ['agree, and stay silent', null],
  ])('finds nothing where all pods %s, whatever they did before', async (_, greeting) => {
    const probe = probeHealth(WEB_SOCKET);
    const pods = [await changingPod(), await changingPod(), await changingPod()];
    for (const { backend } of pods) await check(probe, backend);
    for (const one of pods) one.greeting = greeting;
    for (const { backend } of [...pods, ...pods]) await check(probe, backend);
    pods[1]!.greeting = FRAME;
    await expect(check(probe, pods[0]!.backend)).rejects.toThrow(UnhealthyError);
    await check(probe, pods[1]!.backend);
  });

  it('keeps a pool of pods that are all silent, as its health checker sees it', async () => {
    const pods = await Promise.all([1, 2, 3].map(() => pod(null)));
    const timeoutMs = 1_000;
    const results: boolean[] = [];
    const balancer = new LoadBalancer({
      name: 'web',
      backends: pods,
      healthCheck: {
        probe: probeHealth({ ...WEB_SOCKET, timeoutMs }),
        timeoutMs,
        intervalMs: 10,
        unhealthyThreshold: 1,
      },
      onCheck: (__, { passed }) => void results.push(passed),
      logger: { info: () => {}, warn: () => {} },
    });
    balancer.start();
    await vi.waitFor(() => expect(results.length).toBeGreaterThan(5), 30_000);
    expect(balancer.backends().map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy']);
    await balancer.close();
  }, 60_000);
});
