import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ListenerOptions } from './listener-options.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.0.2';
const GET = `GET / HTTP/1.1\r\nHost: ${HERE}\r\n\r\n`;
const tls = await makeSelfSignedPair(HERE);

const local = new LocalListeners();
const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  local.close();
});

async function start(options: Partial<ListenerOptions>) {
  const warn = vi.fn();
  const logger = {
    isLevelEnabled: () => false,
    debug: () => {},
    info: () => {},
    warn,
    error: () => {},
  };
  const started = await local.start((_, response) => void response.end('page'), { ...options, logger });
  return { ...started, warn, counts: () => started.listener.connectionCounts() };
}

/** A connection that sends this once it is there. */
function open(port: number, { isEncrypted = false, from = HERE, text = GET } = {}): Socket {
  const socket = isEncrypted
    ? connectTls({ socket: connect({ port, host: HERE, localAddress: from }), host: HERE, ca: tls.cert }, () =>
        socket.write(text),
      )
    : connect({ port, host: HERE, localAddress: from }, () => socket.write(text));
  clients.push(socket.on('error', () => {}));
  return socket;
}

/** What comes first; empty for a connection that is closed unanswered. */
async function answerOn(socket: Socket): Promise<string> {
  const answered = Promise.withResolvers<string>();
  socket.once('data', (chunk: Buffer) => answered.resolve(chunk.toString())).once('close', () => answered.resolve(''));
  return answered.promise;
}

const served = async (socket: Socket): Promise<void> => expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 200 /);

/** Of a refused client that sends nothing, or a request. */
async function expectRefusal(port: number, isEncrypted: boolean, from = HERE): Promise<void> {
  for (const text of isEncrypted ? [GET] : ['', GET, GET.repeat(100)]) {
    const client = open(port, { isEncrypted, from, text });
    const answer = (await client.toArray().catch(() => [])).join('');
    if (isEncrypted) expect(answer).toBe('');
    else
      expect(answer).toMatch(
        /^HTTP\/1\.1 503 [^]*\r\nRetry-After: \d+\r\n[^]*\r\nConnection: close\r\n\r\n\{[^]*"code":"too_many_connections"/,
      );
  }
}

const LIMITS = 3;
const BY_LISTENER = { maxConnections: LIMITS, maxConnectionsPerAddress: 0 };
const BY_ADDRESS = { maxConnections: 0, maxConnectionsPerAddress: LIMITS };
const TRUSTED = { trustedPeers: ['loopback'] };

describe.each([
  ['plain', false],
  ['TLS', true],
])('connections over %s', (_, isEncrypted) => {
  const protocol = isEncrypted ? { tls } : {};

  it.each([
    ['of the listener', 'limit', BY_LISTENER, {}, false],
    ['of the listener, trusted peers included', 'limit', BY_LISTENER, TRUSTED, false],
    ['of one address', 'address_limit', BY_ADDRESS, {}, true],
  ] as const)('are bounded by the limit %s', async (__, reason, limits, peers, othersAreServed) => {
    const { port, counts, warn } = await start({ ...limits, ...peers, ...protocol });
    const full = Array.from({ length: LIMITS }, () => open(port, { isEncrypted }));
    await Promise.all(full.map(served));
    await expectRefusal(port, isEncrypted);
    expect(counts().open).toBe(LIMITS); // idle ones count
    expect(counts().refused[reason]).toBeGreaterThan(0);
    expect(warn).toHaveBeenCalledTimes(1);
    if (othersAreServed) await served(open(port, { isEncrypted, from: ELSEWHERE }));
    else await expectRefusal(port, isEncrypted, ELSEWHERE);

    full[0]?.destroy();
    await vi.waitFor(() => expect(counts().open).toBe(LIMITS - (othersAreServed ? 0 : 1)), { timeout: 30_000 });
    await served(open(port, { isEncrypted }));
    for (const client of clients) client.destroy();
    await vi.waitFor(() => expect(counts().open).toBe(0), { timeout: 30_000 });
  });

  it('of trusted peers are not bounded by address', async () => {
    const { port, counts } = await start({ ...BY_ADDRESS, ...TRUSTED, ...protocol });
    await Promise.all(Array.from({ length: 2 * LIMITS }, () => served(open(port, { isEncrypted }))));
    expect(counts()).toEqual({ open: 2 * LIMITS, refused: { limit: 0, address_limit: 0 } });
  });
});

it('counts a session of HTTP/2 once, whatever its streams', async () => {
  const { url, port, counts } = await start({ tls, maxConnections: 0, maxConnectionsPerAddress: 1 });
  const session = connectHttp2(url, { ca: tls.cert }).on('error', () => {});
  await Promise.all(Array.from({ length: 20 }, () => session.request({ ':path': '/' }).toArray()));
  expect(counts().open).toBe(1);
  await expectRefusal(port, true);
  session.destroy();
  await vi.waitFor(() => expect(counts().open).toBe(0), { timeout: 30_000 });
});

it.each([
  ['plain', undefined],
  ['TLS', tls],
])('counts a WebSocket over %s until it ends', async (_, pair) => {
  const ends: Duplex[] = [];
  const upgrade: ListenerOptions['upgrade'] = (__, socket) => {
    ends.push(socket);
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  };
  const { port, counts } = await start({ upgrade, tls: pair, maxConnections: 0, maxConnectionsPerAddress: 1 });
  const isEncrypted = pair !== undefined;
  const handshake = `GET / HTTP/1.1\r\nHost: ${HERE}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  expect(await answerOn(open(port, { isEncrypted, text: handshake }))).toMatch(/^HTTP\/1\.1 101 /);
  await expectRefusal(port, isEncrypted);
  ends[0]?.destroy();
  await vi.waitFor(() => expect(counts().open).toBe(0), { timeout: 30_000 });
  await served(open(port, { isEncrypted }));
});

it('serves others while refused clients neither read nor leave, and lets go of those', async () => {
  const { port, counts } = await start(BY_ADDRESS);
  await Promise.all(Array.from({ length: LIMITS }, () => served(open(port))));
  const flood = Array.from({ length: 300 }, () => open(port, { text: '' }).pause());
  await served(open(port, { from: ELSEWHERE }));
  await vi.waitFor(() => expect(counts().refused.address_limit).toBe(300), { timeout: 30_000 });
  expect(counts().open).toBe(LIMITS + 1);
  await Promise.all(flood.map((client) => client.destroyed || once(client.resume(), 'close')));
});
