import { connect } from 'node:net';
import { request } from 'node:http';
import { once } from 'node:events';
import { breakOff, markEventStream } from '@slipstream/http';
import type { AccessEntry } from '@slipstream/telemetry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import type { RequestHandler } from './listener-options.js';

const local = new LocalListeners();
afterEach(() => local.close());

/** A listener whose access log takes everything. */
async function listening(web: RequestHandler, options: Parameters<LocalListeners['start']>[1] = {}) {
  const entries: AccessEntry[] = [];
  const access = { isOn: true, weigh: () => 1, add: (entry: AccessEntry) => void entries.push(entry) };
  const started = await local.start(web, { ...options, access });
  const logged = async (count = 1) => {
    await vi.waitFor(() => expect(entries).toHaveLength(count));
    return entries;
  };
  return { ...started, logged };
}

it('records the request and its answer', async () => {
  const { url, logged } = await listening((_, response, context) => {
    context.principal = { role: 'service', keyId: 'ci', userId: 'ann' };
    context.timeline!.sentTo('http://10.0.0.1');
    context.timeline!.enter('body');
    response.write('héllo ');
    response.end('world');
  });
  await fetch(`${url}/v1/x?q=1`, { headers: { 'x-request-id': 'r1', 'user-agent': 'spec' } });
  const [entry] = await logged();
  expect(entry).toMatchObject({
    requestId: 'r1',
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    client: '127.0.0.1',
    user: 'ann',
    key: 'ci',
    method: 'GET',
    url: '/v1/x?q=1',
    protocol: 'HTTP/1.1',
    route: 'openai',
    status: 200,
    bytes: 12,
    end: 'complete',
    isStream: false,
    backend: 'http://10.0.0.1',
    tries: 1,
    userAgent: 'spec',
  });
  const total = Object.values(entry!.stages!).reduce((a, b) => a + b);
  expect(total).toBeCloseTo(entry!.durationMs, 6);
  expect(entry!.firstByteMs).toBeLessThanOrEqual(entry!.durationMs);
});

it('measures nothing for a log that is off', async () => {
  const add = vi.fn();
  const seen = Promise.withResolvers<unknown>();
  const { url } = await local.start(
    (_, response, { timeline }) => {
      seen.resolve(timeline);
      response.end('hello');
    },
    { access: { isOn: false, weigh: () => 1, add } },
  );
  expect(await (await fetch(url)).text()).toBe('hello');
  expect(await seen.promise).toBeUndefined();
  expect(add).not.toHaveBeenCalled();
});

it('counts no body of an answer to HEAD', async () => {
  const { url, logged } = await listening((_, response) => void response.end('hello'));
  await fetch(url, { method: 'HEAD' });
  expect((await logged())[0]).toMatchObject({ method: 'HEAD', bytes: 0, end: 'complete' });
});

describe('the end of an answer', () => {
  it('broken off here', async () => {
    const { url, logged } = await listening((_, response) => {
      response.write('half');
      breakOff(response);
    });
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
    expect((await logged())[0]).toMatchObject({ status: 200, end: 'broken-off' });
  });

  it('left by its client before its head', async () => {
    const { port, logged } = await listening(() => client.destroy());
    const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    const [entry] = await logged();
    expect(entry).toMatchObject({ status: 499, end: 'client-left' });
    expect(entry!.firstByteMs).toBeUndefined();
  });

  it('of an event stream that its client leaves', async () => {
    const { url, logged } = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      markEventStream(response);
      response.write('data: 1\n\n');
    });
    const stop = new AbortController();
    const answer = await fetch(url, { signal: stop.signal });
    await answer.body!.getReader().read();
    stop.abort();
    expect((await logged())[0]).toMatchObject({ status: 200, bytes: 9, isStream: true, end: 'client-left' });
  });
});

it('records a WebSocket when it ends, with the bytes that it sent', async () => {
  const { port, logged, observed } = await listening(() => {}, {
    upgrade: (_, socket, __, context) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      context.onHandshakeAnswered?.(101);
      socket.end('bye');
    },
  });
  const asked = request({ port, headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, NodeJS.ReadWriteStream & { destroy(): void }];
  expect(observed).toEqual([{ route: 'web', status: 101 }]);
  socket.destroy();
  const [entry] = await logged();
  expect(entry).toMatchObject({ status: 101, protocol: 'websocket', isStream: true, end: 'complete' });
  expect(entry!.bytes).toBe(80);
});

describe('requests that the listener itself refuses', () => {
  it.each([
    ['an invalid Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', { status: 400, method: 'GET', route: 'web' }],
    ['no HTTP', 'nonsense\r\n\r\n', { status: 400, method: '', route: 'unparsable', client: '127.0.0.1' }],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', { method: 'CONNECT', status: 501 }],
    [
      'a key in the URL, which is not shown',
      `GET /?k=slip_${'k'.repeat(43)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      { status: 400, url: '[redacted: it held a key]' },
    ],
  ])('%s', async (_, text, expected) => {
    const { port, logged } = await listening(() => {});
    await exchange(port, text);
    expect((await logged())[0]).toMatchObject(expected);
  });
});
