import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { openRaw, type RawClient } from '../wire/raw-client.js';
import { echo, startRawOrigin, type RawOrigin } from '../wire/raw-origin.js';
import { readResponses } from '../wire/strict-responses.js';
import { expectOwnAnswer, OWN_PREFIX } from './own-answer.js';
import { UNASKED } from './response-case.js';

/** More than a gateway keeps of a request's content to send it again: it goes out as it comes. */
const MUCH = 200_000;
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a.example\r\n\r\n';
const HANDSHAKE =
  'GET /socket HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: ' +
  'websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' +
  'websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

describe('connections that are used again', () => {
  let origin: RawOrigin;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    origin = await startRawOrigin();
    gateway = await startGateway([origin.url], {
      headersTimeoutMs: 1000,
      idleTimeoutMs: 1000,
      health: { intervalMs: 100, healthyThreshold: 1 },
      outliers: { consecutiveErrors: 0, errorRatio: 0 },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await origin.close();
  });
  beforeEach(async () => {
    await vi.waitFor(() => expectOwnAnswer(gateway.url));
    origin.forget();
  });

  const connect = async (): Promise<RawClient> => {
    const client = await openRaw(gateway.url);
    onTestFinished(client.close);
    return client;
  };
  const answersOf = (client: RawClient, ...methods: string[]) =>
    readResponses(client.received(), methods, client.ending()).responses;
  const untilAnswers = (client: RawClient, ...methods: string[]) =>
    client.until(
      () => answersOf(client, ...methods).filter(({ isComplete }) => isComplete).length === methods.length,
      'every answer',
    );

  /** Nothing but what was meant as one reached the backend as a request. */
  async function expectOnly(...targets: string[]): Promise<void> {
    for (let other = 0; other < 3; other += 1) await expectOwnAnswer(gateway.url);
    expect(origin.readings().flatMap(({ fault }) => fault ?? [])).toEqual([]);
    expect(
      origin
        .requests()
        .map(({ target }) => target)
        .filter((target) => !target.startsWith(OWN_PREFIX)),
    ).toEqual(targets);
  }

  describe('a backend that answers when nobody asked', () => {
    it('on an idle connection: it is closed, and nobody gets that answer', async () => {
      const idle = Promise.withResolvers<void>();
      origin.answerTo('/case', (request, connection) => {
        echo(request, connection);
        void idle.promise.then(() => connection.write(UNASKED));
      });
      const client = await connect();
      client.send('GET /case HTTP/1.1\r\nHost: a.example\r\n\r\n');
      await untilAnswers(client, 'GET');
      const open = origin.connectionCount();
      idle.resolve();
      await vi.waitFor(() => expect(origin.connectionCount()).toBeLessThan(open), { timeout: 3000 });
      await expectOnly('/case');
    });

    it('half an answer on an idle connection: the next answer is not its rest', async () => {
      const idle = Promise.withResolvers<void>();
      origin.answerTo('/case', (request, connection) => {
        echo(request, connection);
        void idle.promise.then(() => connection.write(UNASKED.slice(0, 30)));
      });
      const client = await connect();
      client.send('GET /case HTTP/1.1\r\nHost: a.example\r\n\r\n');
      await untilAnswers(client, 'GET');
      const open = origin.connectionCount();
      idle.resolve();
      await vi.waitFor(() => expect(origin.connectionCount()).toBeLessThan(open), { timeout: 3000 });
      await expectOnly('/case');
    });
  });

  describe('an answer before the end of its request', () => {
    it.for([
      ['of known length', `Content-Length: ${MUCH}\r\n`, (text: string) => text],
      ['in chunks', 'Transfer-Encoding: chunked\r\n', (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`],
    ] as const)('content %s: the rest of it is no request to anybody', async ([, framing, frame]) => {
      let isAnswered = false;
      origin.answerTo('/case', echo);
      const early = Promise.withResolvers<void>();
      origin.onBytes((connection, bytes) => {
        if (isAnswered || !bytes.startsWith('POST /case ')) return;
        isAnswered = true;
        connection.write('HTTP/1.1 200 OK\r\nX-Target: /case\r\nContent-Length: 5\r\n\r\nearly');
        early.resolve();
      });
      const client = await connect();
      client.send(`POST /case HTTP/1.1\r\nHost: a.example\r\n${framing}\r\n${frame('x'.repeat(MUCH - HIDDEN.length))}`);
      await early.promise;
      await client.until((received, ending) => received.includes('early') || ending !== 'open', 'the early answer');
      client.send(frame(HIDDEN));
      await expectOnly();
    });
  });

  describe('a client that leaves', () => {
    it.for([
      ['within content of known length', `Content-Length: ${MUCH}\r\n`, 'x'.repeat(1000)],
      ['within a chunk', 'Transfer-Encoding: chunked\r\n', `${MUCH.toString(16)}\r\n${'x'.repeat(1000)}`],
      ['between chunks', 'Transfer-Encoding: chunked\r\n', `5\r\nhello\r\n`],
      ['within little content', 'Content-Length: 10\r\n', 'hello'],
    ] as const)('%s: the backend sees no whole request', async ([, framing, content]) => {
      const client = await connect();
      client.send(`POST /case HTTP/1.1\r\nHost: a.example\r\n${framing}\r\n${content}`);
      await expectOwnAnswer(gateway.url);
      client.close();
      await expectOnly();
    });

    it('before its answer: nobody else gets it', async () => {
      const asked = Promise.withResolvers<() => void>();
      origin.answerTo('/case', (request, connection) => asked.resolve(() => echo(request, connection)));
      const client = await connect();
      client.send('GET /case HTTP/1.1\r\nHost: a.example\r\n\r\n');
      const answerLate = await asked.promise;
      client.close();
      await expectOwnAnswer(gateway.url);
      answerLate();
      await expectOnly('/case');
    });
  });

  describe('requests in a row on one connection', () => {
    it('are answered in their order, whichever the backend answers first', async () => {
      const second = Promise.withResolvers<void>();
      origin.answerTo('/first', (request, connection) => void second.promise.then(() => echo(request, connection)));
      origin.answerTo('/second', (request, connection) => (echo(request, connection), second.resolve()));
      const client = await connect();
      client.send('GET /first HTTP/1.1\r\nHost: a.example\r\n\r\nGET /second HTTP/1.1\r\nHost: a.example\r\n\r\n');
      // A server may serve them one after the other, too.
      await vi.waitFor(() => expect(origin.requests().length).toBeGreaterThan(0));
      second.resolve();
      await untilAnswers(client, 'GET', 'GET');
      expect(
        answersOf(client, 'GET', 'GET').map(({ fields }) => fields.find(([name]) => name === 'X-Target')?.[1]),
      ).toEqual(['/first', '/second']);
    });

    it('what follows a request that is to be the last is not served', async () => {
      const client = await connect();
      client.send(`GET /case HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n${HIDDEN}`);
      await client.until((_, ending) => ending !== 'open', 'the end');
      expect(answersOf(client, 'GET', 'GET')).toHaveLength(1);
      await expectOnly('/case');
    });

    it.for(['h2c', 'foo'])(
      'a client that offers %s can go on in HTTP/1.1, or is told to come again',
      async (protocol) => {
        const client = await connect();
        client.send(`GET /case HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
        await untilAnswers(client, 'GET');
        client.send('GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n');
        await client.until(
          (_, ending) => ending !== 'open' || answersOf(client, 'GET', 'GET').length === 2,
          'an answer or an end',
        );
      },
    );
  });

  describe('a WebSocket that the backend refuses', () => {
    it.for([
      ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
      ['200 in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
      ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['401', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'],
      [
        '426',
        'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n',
      ],
      ['101 to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
      ['101 without a protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
      ['nothing it can', 'hello\r\n\r\n'],
    ] as const)("with %s: what the client sends on is nobody's request", async ([, refusal]) => {
      origin.answerTo('/socket', (_, connection) => connection.write(refusal));
      const client = await connect();
      client.send(HANDSHAKE + HIDDEN);
      await client.until((received, ending) => received !== '' || ending !== 'open', 'the refusal');
      client.send(HIDDEN);
      await client.until((_, ending) => ending !== 'open', 'the end');
      expect(client.received()).not.toMatch(/^HTTP\/1\.1 101 /);
      await expectOnly('/socket');
    });

    it.for([
      ['content of known length', `Content-Length: ${HIDDEN.length}\r\n`, HIDDEN],
      [
        'content in chunks',
        'Transfer-Encoding: chunked\r\n',
        `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
      ],
    ] as const)('a handshake with %s: that is no request', async ([, framing, content]) => {
      const client = await connect();
      client.send(HANDSHAKE.replace('\r\n\r\n', `\r\n${framing}\r\n`) + content);
      await client.until(
        (_, ending) => ending !== 'open' || answersOf(client, 'GET').length === 1,
        'an answer or an end',
      );
      expect(client.received()).not.toMatch(/^HTTP\/1\.1 101 /);
      client.close();
      for (let other = 0; other < 3; other += 1) await expectOwnAnswer(gateway.url);
      expect(origin.requests().map(({ target }) => target)).not.toContain('/hidden');
    });

    it.for([
      ['in HTTP/1.0', HANDSHAKE.replace('HTTP/1.1', 'HTTP/1.0')],
      ['by POST', HANDSHAKE.replace('GET', 'POST')],
      ['with two Hosts', HANDSHAKE.replace('\r\n\r\n', '\r\nHost: b.example\r\n\r\n')],
    ] as const)('a handshake %s opens no tunnel, even to a backend that would agree', async ([, handshake]) => {
      origin.answerTo('/socket', (_, connection) => connection.write(SWITCHED));
      const client = await connect();
      client.send(handshake);
      await client.until((received, ending) => received !== '' || ending !== 'open', 'an answer or an end');
      expect(client.received()).not.toMatch(/^HTTP\/1\.1 101 /);
    });
  });

  describe('a WebSocket that the backend accepts', () => {
    it('carries every byte both ways, and its connection is never used again', async () => {
      let toClient = (_text: string): void => {};
      const fromClient: string[] = [];
      origin.answerTo('/socket', (_, connection) => {
        connection.removeAllListeners('data').on('data', (text: string) => void fromClient.push(text));
        connection.write(`${SWITCHED}first`, 'latin1');
        toClient = (text) => void connection.write(text, 'latin1');
      });
      const client = await connect();
      client.send(`${HANDSHAKE}early`);
      await client.until((received) => received.endsWith('\r\n\r\nfirst'), 'the first message');
      client.send(HIDDEN);
      toClient(UNASKED);
      await client.until((received) => received.endsWith(UNASKED), 'the second message');
      await vi.waitFor(() => expect(fromClient.join('')).toBe(`early${HIDDEN}`));
      const open = origin.connectionCount();
      client.close();
      await vi.waitFor(() => expect(origin.connectionCount()).toBeLessThan(open));
      await expectOnly('/socket');
    });

    it("an answer that is no WebSocket's (a wrong Sec-WebSocket-Accept) opens no tunnel", async () => {
      origin.answerTo('/socket', (_, connection) => connection.write(SWITCHED.replace('s3pP', 'XXXX')));
      const client = await connect();
      client.send(HANDSHAKE);
      await client.until(
        (_, ending) => ending !== 'open' || answersOf(client, 'GET').length === 1,
        'an answer or an end',
      );
      expect(client.received()).not.toMatch(/^HTTP\/1\.1 101 /);
    });
  });
});
