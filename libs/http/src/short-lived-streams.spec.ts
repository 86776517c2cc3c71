import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { keepStreamsShortLived } from './short-lived-streams.js';

/** @returns a client, and the server's side of its session, whose streams stay open until the test ends them */
async function openSession() {
  const found: boolean[] = [];
  const streams: ServerHttp2Stream[] = [];
  const server = createServer();
  server.on('session', (session) => found.push(keepStreamsShortLived(session)));
  server.on('stream', (stream) => streams.push(stream.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on('error', () => {});
  onTestFinished(() => (client.destroy(), void server.close()));
  const [session] = (await once(server, 'session')) as [ServerHttp2Session];
  const open = async (path: string) => {
    const request = client.request({ ':path': path }).on('error', () => {});
    await once(server, 'stream');
    return { request, stream: streams.at(-1)! };
  };
  return { found, session, client, open };
}

it('finds the streams of this version of Node, and serves them as before', async () => {
  const { found, open } = await openSession();
  const { request, stream } = await open('/a');
  stream.respond({ ':status': 200 });
  stream.end('whole');
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  expect([found, text]).toEqual([[true], 'whole']);
});

it('a destroyed session destroys its open streams', async () => {
  const { session, open } = await openSession();
  const { stream } = await open('/a');
  const closed = once(stream, 'close');
  session.destroy();
  await closed;
  expect(stream.destroyed).toBe(true);
});

it('a session that closes waits for its open streams', async () => {
  const { session, open } = await openSession();
  const { request, stream } = await open('/a');
  const ended = once(session, 'close');
  session.close();
  expect(session.destroyed).toBe(false);
  stream.respond({ ':status': 200 });
  stream.end('late');
  await Promise.all([once(request.resume(), 'end'), ended]);
});

it('leaves a session alone whose streams it does not find', () => {
  expect(keepStreamsShortLived({} as ServerHttp2Session)).toBe(false);
});
