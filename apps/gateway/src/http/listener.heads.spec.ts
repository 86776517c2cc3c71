import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACKNOWLEDGED, NEWEST, data, getFields, headers, literal, rawHttp2 } from './testing/http2-frames.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
let tls: TlsPair;
beforeAll(async () => void (tls = await makeSelfSignedPair('127.0.0.1')));
afterEach(() => local.close());

/** A listener that notes the heads that reach its handlers. */
async function start(options: { tls?: TlsPair } = {}) {
  const heads: string[][] = [];
  const started = await local.start(
    (request, response) => void (heads.push(request.rawHeaders), response.end('ok')),
    options,
  );
  return { ...started, heads };
}

/** Only a hang takes as long: less than a test may, so that the failure names what did not come. */
const DEADLINE = { timeout: 20_000 };

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Memory that is in use, without garbage. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const LONG_VALUE = literal('x-long', 'v'.repeat(4000), true);
const repeated = (times: number): Buffer => Buffer.concat([LONG_VALUE, ...Array.from({ length: times }, () => NEWEST)]);
const crumbs = (count: number, bytes = 1): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, n) => literal('cookie', `c${n}=${'v'.repeat(bytes)}`)));
const fields = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, n) => literal(`x-${n}`, '')));

describe.each([
  ['acknowledges', true],
  ['never acknowledges', false],
])('a client of HTTP/2 that %s our settings', (_, isAcknowledged) => {
  async function open() {
    const started = await start({ tls });
    const client = await rawHttp2(started.port, tls.cert);
    if (isAcknowledged) client.socket.write(ACKNOWLEDGED);
    return { ...started, ...client };
  }

  it.each([
    ['a field of 40 KB', literal('x-long', 'v'.repeat(40_000))],
    ['three fields of 40 KB', Buffer.concat(['x-a', 'x-b', 'x-c'].map((name) => literal(name, 'v'.repeat(40_000))))],
    ['a path of 40 KB', Buffer.alloc(0), `/${'p'.repeat(40_000)}`],
    ['ten references to one long value', repeated(10)],
    ['1,200 fields', fields(1200)],
    ['cookies of 40 KB in crumbs', crumbs(500, 80)],
  ])('is refused %s with 431, and its session goes on', async (_name, head, path = '/') => {
    const { socket, heads, observed } = await open();
    socket.write(Buffer.concat([headers(1, Buffer.concat([getFields(path), head])), headers(3, getFields())]));
    await vi.waitFor(() => expect(observed).toHaveLength(2), DEADLINE);
    expect(observed.map(({ status }) => status).toSorted()).toEqual([200, 431]);
    expect(heads).toHaveLength(1);
    socket.destroy();
  });

  it.each([124, 125, 300, 900])('is taken %i crumbs of a cookie as one field', async (count) => {
    const { socket, heads } = await open();
    socket.write(headers(1, Buffer.concat([getFields(), crumbs(count)])));
    await vi.waitFor(() => expect(heads).toHaveLength(1));
    const cookies = heads[0]?.filter((_value, index, all) => all[index - 1]?.toLowerCase() === 'cookie') ?? [];
    expect(cookies).toEqual([Array.from({ length: count }, (_value, n) => `c${n}=v`).join('; ')]);
    socket.destroy();
  });

  it('loses the stream of an upload whose trailers are too large, and nothing else', async () => {
    const { socket, frames, heads, observed } = await open();
    socket.write(
      Buffer.concat([
        headers(1, getFields('/', 'POST'), { isEnd: false }),
        data(1, Buffer.from('x')),
        headers(1, repeated(20)),
      ]),
    );
    await vi.waitFor(() => expect(heads).toHaveLength(1));
    socket.write(headers(3, getFields()));
    await vi.waitFor(() => expect(observed).toHaveLength(2));
    await vi.waitFor(() =>
      expect(frames().some(({ stream, type }) => stream === 1 && (type === 3 || type === 0))).toBe(true),
    );
    socket.destroy();
  });

  it('makes little of many streams that name one long value a thousand times', { timeout: 60_000 }, async () => {
    const { port, socket, frames, heads } = await open();
    const before = heldBytes();
    const streams = Array.from({ length: 100 }, (_value, n) => 2 * n + 1);
    socket.write(
      Buffer.concat(
        streams.map((stream) =>
          headers(stream, Buffer.concat([getFields('/', 'POST'), repeated(900)]), { isEnd: false }),
        ),
      ),
    );
    const ended = () =>
      new Set(
        frames()
          .filter(({ stream, type }) => stream > 0 && (type === 1 || type === 3))
          .map(({ stream }) => stream),
      );
    await vi.waitFor(() => expect(socket.destroyed || ended().size === streams.length).toBe(true), DEADLINE);
    // spelt out they are 360 MB, and the streams are still open
    expect(heldBytes() - before).toBeLessThan(32 * 2 ** 20);
    socket.destroy();
    const other = await rawHttp2(port, tls.cert);
    other.socket.write(headers(1, getFields()));
    await vi.waitFor(() => expect(heads).toHaveLength(1), DEADLINE);
    other.socket.destroy();
  });
});

it.each([
  ['plain', false],
  ['TLS', true],
])('bounds the bytes and the number of fields of HTTP/1.1 over %s', async (_, isTls) => {
  for (const head of [
    `X-Long: ${'v'.repeat(40_000)}`,
    Array.from({ length: 1100 }, (_value, n) => `X-${n}: v`).join('\r\n'),
    'X: v\r\n'.repeat(4_000).trim(),
  ]) {
    const { port, heads, observed } = await start(isTls ? { tls } : {});
    const socket: Socket = isTls ? connectTls({ port, host: '127.0.0.1', ca: tls.cert }) : connect(port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
    expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 431 [^]*"code":"headers_too_large"/);
    expect(heads).toEqual([]);
    expect(observed.map(({ status }) => status)).toEqual([431]);
  }
});
