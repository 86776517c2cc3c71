import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TLSSocket, connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  local.close();
});

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const DEADLINE = { timeout: 20_000 };
const LIMITS = { writeIdleTimeoutMs: 300, streamWriteIdleTimeoutMs: 300 };
/** More than Node reads of a body that is not consumed. */
const BODY = Buffer.alloc(512 * 1024);
const FIELDS = `HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${BODY.length}\r\n\r\n`;
const STREAM = 'GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const tls = await makeSelfSignedPair('127.0.0.1');

/** A listener whose answers are silent event streams, and a client that has sent these requests. */
async function streaming(requests: string, pair?: TlsPair) {
  const responses: ServerResponse[] = [];
  const answer = (_: unknown, response: ServerResponse): void => {
    responses.push(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  };
  const info = vi.fn();
  const logger = { isLevelEnabled: () => false, debug: () => {}, info, warn: () => {}, error: () => {} };
  const { port, inFlight } = await local.start(answer, { ...LIMITS, tls: pair, logger });
  const client = pair ? connectTls({ port, host: '127.0.0.1', ca: pair.cert }) : connect(port, '127.0.0.1');
  clients.push(client.on('error', () => {}).resume());
  await new Promise<void>((resolve) => client.write(Buffer.concat([Buffer.from(requests), BODY]), () => resolve()));
  await vi.waitFor(() => expect(inFlight()).toBe(1), DEADLINE);
  return { client, inFlight, info, responses };
}

const REQUESTS: [string, string][] = [
  ['waits behind a silent event stream', `${STREAM}POST /upload ${FIELDS}`],
  ['is answered by a silent event stream', `GET /stream ${FIELDS}`],
];
const LEAVES: [string, (client: Socket) => void][] = [
  ['closes its side', (client) => void client.end()],
  ['resets', (client) => void (client instanceof TLSSocket ? client.destroy() : client.resetAndDestroy())],
];

it('serves a request with a large body when the answer before it has ended', async () => {
  const bodies: Buffer[] = [];
  const { port } = await local.start((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk)).on('end', () => response.end(`of ${request.url}`));
  });
  const client = connect(port, '127.0.0.1');
  clients.push(client.setEncoding('latin1'));
  for (const path of ['/1', '/2', '/3']) client.write(Buffer.concat([Buffer.from(`POST ${path} ${FIELDS}`), BODY]));
  let text = '';
  client.on('data', (piece: string) => (text += piece));
  await vi.waitFor(() => expect(text.match(/of \/\d/g)).toEqual(['of /1', 'of /2', 'of /3']), DEADLINE);
  expect(Buffer.concat(bodies)).toHaveLength(3 * BODY.length);
});

describe.each([
  ['HTTP/1.1', undefined],
  ['HTTP/1.1 over TLS', tls],
])('over %s', (_, pair) => {
  describe.each(REQUESTS)('a request with a body that %s', (__, requests) => {
    it.each(LEAVES)('does not hide that its client %s', async (___, leave) => {
      const { client, inFlight, info } = await streaming(requests, pair);
      leave(client);
      await vi.waitFor(() => expect(inFlight()).toBe(0), DEADLINE);
      expect(info).toHaveBeenCalledWith(
        expect.objectContaining({ protocol: 'http/1.1' }),
        expect.stringContaining('streamWriteIdleTimeoutMs'),
      );
    });
  });
});
