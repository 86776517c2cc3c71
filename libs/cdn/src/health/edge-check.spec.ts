import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkEdge, type CheckedFile, type EdgeFinding } from './edge-check.js';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering =
  (text: string, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/css', ...headers }).end(text);
const ORIGIN = answering('a{}');

interface Given {
  edge: RequestListener;
  origin?: RequestListener;
  file?: Partial<CheckedFile>;
  limits?: { timeoutMs?: number; slowMs?: number };
}

async function finding({ edge, origin = ORIGIN, file, limits }: Given): Promise<EdgeFinding> {
  const [edgeUrl, originUrl] = [new URL('/a.css', await serve(edge)), new URL('/a.css', await serve(origin))];
  const checked = { path: '/a.css', edgeUrl, originUrl, maxStaleMs: 60_000, ...file };
  return checkEdge(checked, { timeoutMs: 5_000, slowMs: 60_000, ...limits });
}

describe('a check of a network', () => {
  it.each<[string, Given, EdgeFinding]>([
    ['with the same file', { edge: ORIGIN }, { type: 'good' }],
    [
      'with another file that never changes',
      { edge: answering('b{}', { age: '1' }), file: { maxStaleMs: 0 } },
      { type: 'wrong', reason: "/a.css differs from the origin's" },
    ],
    [
      'with a page in place of the file',
      { edge: answering('<p>', { 'content-type': 'text/html', age: '1' }) },
      { type: 'wrong', reason: "/a.css differs from the origin's" },
    ],
    ['with a former file that its rule allows', { edge: answering('b{}', { age: '60' }) }, { type: 'good' }],
    [
      'with a former file that is too old',
      { edge: answering('b{}', { age: '61' }) },
      { type: 'stale', reason: '/a.css is older than its rule allows' },
    ],
    [
      'with a former file of unknown age',
      { edge: answering('b{}') },
      { type: 'stale', reason: '/a.css is older than its rule allows' },
    ],
    ['with an error', { edge: answering('', {}, 503) }, { type: 'unreachable', reason: '/a.css answered 503' }],
    [
      'with a redirect',
      { edge: answering('', { location: '/b.css' }, 302) },
      { type: 'unreachable', reason: '/a.css answered 302' },
    ],
    [
      'that breaks off',
      { edge: ({ socket }) => socket.destroy() },
      { type: 'unreachable', reason: '/a.css failed (ECONNRESET)' },
    ],
    [
      'that does not answer',
      { edge: () => {}, limits: { timeoutMs: 200 } },
      { type: 'unreachable', reason: '/a.css did not answer in time' },
    ],
    [
      'with an endless file',
      {
        edge: (_, response) => {
          response.on('error', () => {});
          const more = (): void => {
            while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
            if (!response.destroyed) response.once('drain', more);
          };
          more();
        },
      },
      { type: 'unreachable', reason: '/a.css failed (larger than 8 MiB)' },
    ],
    ['whose origin fails', { edge: answering('b{}'), origin: answering('', {}, 502) }, { type: 'unknown' }],
    ['whose origin is unreachable', { edge: ORIGIN, origin: ({ socket }) => socket.destroy() }, { type: 'unknown' }],
  ])('%s', async (_, given, expected) => expect(await finding(given)).toEqual(expected));

  it('that is slower than the origin, and slow', async () => {
    const originCalled = Promise.withResolvers<void>();
    const origin: RequestListener = (request, response) => {
      originCalled.resolve();
      ORIGIN(request, response);
    };
    const edge: RequestListener = async (request, response) => {
      await originCalled.promise;
      setTimeout(() => ORIGIN(request, response), 30);
    };
    expect(await finding({ edge, origin, limits: { slowMs: 1 } })).toMatchObject({ type: 'slow' });
  });
});
