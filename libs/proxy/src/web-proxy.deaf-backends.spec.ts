import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
});

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const DEADLINE = { timeout: 20_000 };
const LIMIT = { writeIdleTimeoutMs: 300 };
/** More than the sockets of all sides buffer, in pieces. */
const PIECES = Array<Buffer>(512).fill(Buffer.alloc(64 * 1024));
/** Key and accept of RFC 6455 section 1.3. */
const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const UPLOAD = `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${1024 ** 3}\r\n\r\n`;
const STREAMING = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';

/** A backend that answers, and reads nothing more. */
const deafBackend = (answer: string): Promise<string> =>
  local.raw((socket) => socket.once('data', () => void socket.pause().write(answer)));

/** A client whose answer has begun. */
async function open(port: number, head: string): Promise<Socket> {
  const client = connect(port, '127.0.0.1', () => client.write(head)).on('error', () => {});
  clients.push(client);
  await once(client, 'data');
  return client.resume();
}

/** Sends until nothing is accepted any more. */
async function fill(client: Socket): Promise<void> {
  for (const piece of PIECES) client.write(piece);
  let before = -1;
  await vi.waitFor(() => {
    const now = client.writableLength;
    const isStuck = client.destroyed || now === before;
    before = now;
    expect(isStuck).toBe(true);
  }, DEADLINE);
}

describe.each([
  ['a WebSocket', HANDSHAKE, AGREED],
  ['an upload that is being answered', UPLOAD, STREAMING],
])('a backend that stops reading %s', (_, head, answer) => {
  it('loses it after the limit, and holds no client that has left', async () => {
    const logger = { info: vi.fn(), warn: vi.fn() };
    const backend = await deafBackend(answer);
    const { port, balancer } = await local.gateway([backend], { ...LIMIT, logger });
    const uses = () => balancer.backends().map(({ own }) => own.sessions + own.requests);
    const client = await open(port, head);
    expect(uses()).toEqual([1]);
    await fill(client);
    client.destroy();
    await vi.waitFor(() => expect(uses()).toEqual([0]), DEADLINE);
    expect(logger.info).toHaveBeenCalledWith(
      expect.objectContaining({ backend }),
      expect.stringContaining('listen.streamWriteIdleTimeoutMs'),
    );
  });

  it('keeps one on which nothing waits', async () => {
    const { port } = await local.gateway([await deafBackend(answer)], LIMIT);
    const [silent, deaf] = [await open(port, head), await open(port, head)];
    const onSilentClose = vi.fn();
    silent.once('close', onSilentClose);
    const closed = new Promise((resolve) => deaf.once('close', resolve));
    for (const piece of PIECES) deaf.write(piece);
    await closed;
    expect(onSilentClose).not.toHaveBeenCalled();
  });
});
