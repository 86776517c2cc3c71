import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forwardResponse } from './forward-response.js';

describe('forwardResponse', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A client's request, as it waits for an answer. */
  async function newExchange() {
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
    const answer = once(request, 'response').then(([message]) => message as IncomingMessage);
    const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    return { request, answer, response };
  }

  it('passes status, end-to-end fields and body on', async () => {
    const { answer, response } = await newExchange();
    const headers = [
      'Content-Type',
      'text/plain',
      'Set-Cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
      'Connection',
      'X-Hop',
      'X-Hop',
      '1',
    ];
    const outcome = forwardResponse(
      { statusCode: 418, headers, body: Readable.from([Buffer.from('tea'), Buffer.from('pot')]) },
      response,
    );
    const message = await answer;
    expect(message.statusCode).toBe(418);
    expect(message.headers).toMatchObject({ 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
    expect(message.headers).not.toHaveProperty('x-hop');
    expect((await message.toArray()).join('')).toBe('teapot');
    expect(await outcome).toEqual({ type: 'complete' });
  });

  it('sends the head before there is a body, and each piece as it comes', async () => {
    const { answer, response } = await newExchange();
    const body = new PassThrough();
    const outcome = forwardResponse(
      { statusCode: 200, headers: ['Content-Type', 'text/event-stream'], body },
      response,
    );
    const message = await answer;
    body.write('data: 1\n\n');
    const [piece] = (await once(message, 'data')) as [Buffer];
    expect(piece.toString()).toBe('data: 1\n\n');
    body.end();
    expect(await outcome).toEqual({ type: 'complete' });
  });

  it('breaks the client off when the backend breaks off', async () => {
    const { answer, response } = await newExchange();
    const body = new PassThrough();
    const outcome = forwardResponse({ statusCode: 200, headers: [], body }, response);
    const message = await answer;
    body.write('half');
    await once(message, 'data');
    const brokenOff = new Promise((resolve) => message.once('error', resolve));
    const cause = new Error('other side closed');
    body.destroy(cause);
    expect(await outcome).toEqual({ type: 'truncated', cause });
    expect(await brokenOff).toMatchObject({ code: 'ECONNRESET' });
    expect(message.complete).toBe(false);
  });

  it('ends the body when the client leaves', async () => {
    const { request, answer, response } = await newExchange();
    const body = new PassThrough();
    const outcome = forwardResponse({ statusCode: 200, headers: [], body }, response);
    (await answer).on('error', () => {});
    request.destroy();
    expect(await outcome).toEqual({ type: 'client-left' });
    expect(body.destroyed).toBe(true);
  });

  it('takes a body that the caller ended because the client left for what it is', async () => {
    const { request, answer, response } = await newExchange();
    const body = new PassThrough();
    response.once('close', () => body.destroy(new Error('aborted by the caller')));
    const outcome = forwardResponse({ statusCode: 200, headers: [], body }, response);
    (await answer).on('error', () => {});
    request.destroy();
    expect(await outcome).toEqual({ type: 'client-left' });
  });

  it('takes a body that ended without a word for truncated', async () => {
    const { answer, response } = await newExchange();
    const body = new PassThrough();
    const outcome = forwardResponse({ statusCode: 200, headers: [], body }, response);
    (await answer).on('error', () => {});
    body.destroy();
    expect(await outcome).toMatchObject({ type: 'truncated' });
  });

  it('reads no faster than the client', async () => {
    const { answer, response } = await newExchange();
    const chunk = Buffer.alloc(64 * 1024);
    const total = 1000; // 64 MB, more than sockets buffer
    let produced = 0;
    const body = Readable.from(chunks(), { objectMode: false });
    function* chunks() {
      for (; produced < total; produced++) yield chunk;
    }
    const outcome = forwardResponse({ statusCode: 200, headers: [], body }, response);
    const message = await answer;
    await vi.waitFor(() => expect(response.writableNeedDrain).toBe(true));
    expect(produced).toBeLessThan(total);
    let received = 0;
    for await (const piece of message) received += (piece as Buffer).length;
    expect(received).toBe(total * chunk.length);
    expect(await outcome).toEqual({ type: 'complete' });
  });

  it('sends nothing when the fields are illegal', async () => {
    const { answer, response } = await newExchange();
    const body = new PassThrough();
    await expect(forwardResponse({ statusCode: 200, headers: ['X', 'a\u0000b'], body }, response)).rejects.toThrow(
      TypeError,
    );
    expect(body.destroyed).toBe(true);
    response.writeHead(502).end();
    expect((await answer).statusCode).toBe(502);
  });
});
