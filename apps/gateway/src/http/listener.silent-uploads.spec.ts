import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UPLOAD_SILENCE_MS } from '@slipstream/http/testing';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
const tls = await makeSelfSignedPair('127.0.0.1');
let session: ClientHttp2Session | undefined;
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  session?.destroy();
  local.close();
});

/** An upload over HTTP/2 that has sent its first byte, and does not say that it ends. */
async function beginUpload(
  fields = {},
  onRequest = (_request: IncomingMessage, _response: ServerResponse): void => {},
) {
  const asked = Promise.withResolvers<IncomingMessage>();
  const { url, inFlight } = await local.start(
    (request, response) => {
      asked.resolve(request);
      onRequest(request, response);
    },
    { tls },
  );
  session = connect(url, { ca: tls.cert }).on('error', () => {});
  const upload = session
    .request({ ':method': 'POST', ':path': '/upload', ...fields }, { endStream: false })
    .on('error', () => {});
  upload.write('x');
  return { upload, request: await asked.promise, inFlight };
}

const closed = async (stream: ClientHttp2Stream): Promise<number> => {
  await once(stream, 'close');
  return stream.rstCode;
};
/** Two looks at the listener's uploads, and what follows of them. */
const waitOut = async (between = async (): Promise<void> => {}): Promise<void> => {
  for (let look = 0; look < 4; look++) {
    await between();
    vi.advanceTimersByTime(UPLOAD_SILENCE_MS / 2);
  }
};
const CANCEL = 8;

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;
const read: OnRequest = (request) => void request.resume();

it.each<[string, Record<string, string>, OnRequest]>([
  ['that nobody reads', {}, () => {}],
  ['that is read', {}, read],
  ['with a length', { 'content-length': '100' }, read],
])('cuts off an upload over HTTP/2 that falls silent: one %s', async (_, fields, onRequest) => {
  const { upload, request, inFlight } = await beginUpload(fields, onRequest);
  request.resume();
  const end = closed(upload);
  await waitOut();
  expect(await end).toBe(CANCEL);
  expect(inFlight()).toBe(0);
});

it('is not misled by what else its connection sends', async () => {
  const { upload, inFlight } = await beginUpload({}, (request) => void request.resume());
  const end = closed(upload);
  await waitOut(async () => {
    await new Promise<void>((resolve) => void session!.ping(() => resolve()));
  });
  expect(await end).toBe(CANCEL);
  expect(inFlight()).toBe(0);
});

it('leaves an upload over HTTP/2 alone that trickles', async () => {
  const { upload, request } = await beginUpload();
  const pieces = request[Symbol.asyncIterator]();
  await pieces.next();
  await waitOut(async () => {
    upload.write('y');
    await pieces.next();
  });
  expect([upload.closed, upload.destroyed]).toEqual([false, false]);
});

it('ends an upload over HTTP/2 that goes on after its answer', async () => {
  const { upload, inFlight } = await beginUpload(
    {},
    (_request, response) => void response.writeHead(413).end('too large'),
  );
  const [head] = (await once(upload, 'response')) as [{ ':status': number }];
  upload.resume();
  const end = closed(upload);
  await vi.waitFor(() => expect(upload.readableEnded).toBe(true));
  await vi.advanceTimersByTimeAsync(10_000);
  expect([head[':status'], await end]).toEqual([413, 0]);
  expect(inFlight()).toBe(0);
});
