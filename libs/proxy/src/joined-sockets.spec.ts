import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { JoinedSockets } from './joined-sockets.js';
import { signedHere } from './testing/signed-here.js';

const open: Socket[] = [];
let pair: Awaited<ReturnType<typeof signedHere>>;
beforeAll(async () => void (pair = await signedHere()));
afterEach(() => {
  vi.useRealTimers();
  for (const socket of open.splice(0)) socket.destroy();
});

/** Both ends of a connection; neither ends because the other does. */
async function connection(isEncrypted: boolean): Promise<{ accepted: Socket; made: Socket }> {
  const options = { ...pair, allowHalfOpen: true };
  const server = isEncrypted ? createTlsServer(options) : createServer(options);
  const accepting = once(server, isEncrypted ? 'secureConnection' : 'connection') as Promise<[Socket]>;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const target = { port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true };
  const made = isEncrypted ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
  const [[accepted]] = await Promise.all([accepting, once(made, isEncrypted ? 'secureConnect' : 'connect')]);
  server.close();
  for (const socket of [accepted, made]) open.push(socket.on('error', () => {}));
  return { accepted, made };
}

/** Joined sockets, and the ends of them that the client and the backend hold. */
async function joinedPair(isEncrypted: boolean) {
  const [client, backend] = await Promise.all([connection(isEncrypted), connection(isEncrypted)]);
  const joined = new JoinedSockets();
  joined.join(client.accepted, backend.made, 'http://backend', Buffer.alloc(0));
  return {
    client: { near: client.accepted, far: client.made },
    backend: { near: backend.made, far: backend.accepted },
  };
}

const cases = (['client', 'backend'] as const).flatMap((side) =>
  (['end', 'destroy'] as const).flatMap((how) =>
    ['stays half-open', 'hangs'].flatMap((other) =>
      ['plain', 'TLS'].map((transport) => ({ side, how, other, transport })),
    ),
  ),
);

it.each(cases)(
  'ends both when the $side leaves by $how and the other $other: $transport',
  async ({ side, how, other, transport }) => {
    const sockets = await joinedPair(transport === 'TLS');
    const leaving = sockets[side];
    const staying = sockets[side === 'client' ? 'backend' : 'client'];
    leaving.far.resume();
    if (other === 'hangs') staying.far.pause();
    else staying.far.resume();
    const closed = Promise.all(
      [leaving.near, staying.near].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
    const left = new Promise<unknown>((resolve) => leaving.near.once('end', resolve).once('close', resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    leaving.far[how]();
    await left;
    await new Promise((resolve) => void setImmediate(resolve));
    vi.advanceTimersByTime(5_000);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  },
);

it.each(['plain', 'TLS'])(
  'sends what the backend sent before its end to a client that reads later: %s',
  async (transport) => {
    const { client, backend } = await joinedPair(transport === 'TLS');
    const body = Buffer.alloc(8 * 1024 * 1024, 'x');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ended = once(backend.near, 'end');
    backend.far.end(body);
    const received = client.far.toArray();
    await ended;
    expect(Buffer.concat(await received)).toHaveLength(body.length);
  },
);
