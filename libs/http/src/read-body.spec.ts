import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BodyIncompleteError, readBody } from './read-body.js';

describe('readBody', () => {
  let server: Server;
  let client: Socket;

  beforeEach(async () => {
    server = createServer({ optimizeEmptyRequests: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  async function receive(...lines: string[]): Promise<IncomingMessage> {
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write(['POST / HTTP/1.1', 'Host: x', ...lines].join('\r\n'));
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    return request;
  }

  it.each([
    ['with a length', ['Content-Length: 5', '', 'hello'], 'hello'],
    ['in chunks', ['Transfer-Encoding: chunked', '', '3', 'hel', '2', 'lo', '0', '', ''], 'hello'],
    ['that is empty', ['Content-Length: 0', '', ''], ''],
    ['that is not there', ['', ''], ''],
  ])('reads a body %s', async (_, lines, expected) => {
    const body = await readBody(await receive(...lines), { maxBytes: 5 });
    expect(body.toString()).toBe(expected);
  });

  it('takes a body that is here already at once, and the request ends', async () => {
    const request = await receive('Content-Length: 5', '', 'hello');
    while (request.readableLength < 5) await turn();
    const ended = once(request, 'end');
    const pieces: string[] = [];
    const body = await readBody(request, { maxBytes: 5, onChunk: (chunk) => void pieces.push(String(chunk)) });
    await ended;
    expect([body.toString(), pieces, request.listenerCount('data')]).toEqual(['hello', ['hello'], 0]);
  });

  it('refuses by Content-Length before a byte has come', async () => {
    const request = await receive('Content-Length: 6', '', '');
    await expect(readBody(request, { maxBytes: 5 })).rejects.toMatchObject({
      code: 'body_too_large',
      context: { maxBytes: 5 },
    });
  });

  it('refuses chunks as soon as they are too many, and can still answer', async () => {
    const answered = once(server, 'request').then(([, response]) => response);
    const request = await receive('Transfer-Encoding: chunked', '', '6', 'abcdef', '');
    await expect(readBody(request, { maxBytes: 5 })).rejects.toMatchObject({ code: 'body_too_large' });
    (await answered).writeHead(413, { connection: 'close' }).end();
    const [head] = (await once(client, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 413 /);
  });

  it('hands pieces over in turns of 64 KiB, so that reading them does not hold the event loop', async () => {
    const MiB = 1024 * 1024;
    const request = await receive(`Content-Length: ${8 * MiB}`, '', '');
    let [inThisTurn, mostInOneTurn, endOfTurn] = [0, 0, setImmediate(() => {})];
    const onChunk = ({ length }: Buffer): void => {
      if (inThisTurn === 0) endOfTurn = setImmediate(() => (inThisTurn = 0));
      inThisTurn += length;
      mostInOneTurn = Math.max(mostInOneTurn, inThisTurn);
    };
    client.write(Buffer.alloc(8 * MiB));
    const body = await readBody(request, { maxBytes: 8 * MiB, onChunk });
    clearImmediate(endOfTurn);
    expect(body.length).toBe(8 * MiB);
    expect(mostInOneTurn).toBeLessThanOrEqual(128 * 1024);
  });

  it('tells a body that broke off from a whole one', async () => {
    const request = await receive('Content-Length: 5', '', 'hel');
    const body = readBody(request, { maxBytes: 5 });
    client.destroy();
    await expect(body).rejects.toBeInstanceOf(BodyIncompleteError);
    await expect(readBody(request, { maxBytes: 5 })).rejects.toBeInstanceOf(BodyIncompleteError);
  });
});
