import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { LocalListeners } from './testing/local-listeners.js';
import { makeSelfSignedPair } from './tls-pair.js';

const local = new LocalListeners();
afterEach(() => local.close());

const NAME = 'strict-transport-security';
const OPTIONS = { hstsMaxAgeSeconds: 300, allowedHosts: ['chat.example.org'] };
const COOKIES = ['Set-Cookie', 'a', 'Set-Cookie', 'b'];
const page: RequestHandler = (_, response) => void response.writeHead(200, COOKIES).end();

async function startTls(handler = page, options = {}) {
  const tls = await makeSelfSignedPair('127.0.0.1');
  return { ...(await local.start(handler, { tls, ...OPTIONS, ...options })), ca: tls.cert };
}

type Started = Awaited<ReturnType<typeof startTls>>;

async function overHttp1({ port, ca }: Started, host = 'chat.example.org') {
  const sent = requestTls({ host: '127.0.0.1', port, ca, servername: '', headers: { host }, agent: false }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return { status: answer.statusCode, hsts: answer.headers[NAME], cookies: answer.headers['set-cookie'] };
}

async function overHttp2({ url, ca }: Started, host = 'chat.example.org') {
  const session = connectHttp2(url, { ca });
  onTestFinished(() => session.destroy());
  const [head] = (await once(session.request({ ':authority': host }), 'response')) as [IncomingHttpHeaders];
  return { status: head[':status'], hsts: head[NAME], cookies: head['set-cookie'] };
}

it.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('is sent over TLS, by %s', async (_, get) => {
  expect(await get(await startTls())).toEqual({ status: 200, hsts: 'max-age=300', cookies: ['a', 'b'] });
});

it.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('does not replace or repeat the header of the application, by %s', async (_, get) => {
  const own = ['Strict-Transport-Security', 'max-age=1'];
  const started = await startTls((__, response) => void response.writeHead(200, own).end());
  expect(await get(started)).toMatchObject({ status: 200, hsts: 'max-age=1' });
});

it.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('is not sent for another host, by %s', async (_, get) => {
  expect(await get(await startTls(), 'other.example')).toMatchObject({ status: 421, hsts: undefined });
});

it('is off by default', async () => {
  expect(await overHttp1(await startTls(page, { hstsMaxAgeSeconds: undefined }))).toMatchObject({ hsts: undefined });
});

it('is not sent over plain HTTP', async () => {
  const { port } = await local.start(page, OPTIONS);
  const sent = request({ host: '127.0.0.1', port, headers: { host: 'chat.example.org' }, agent: false }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  expect([answer.statusCode, answer.headers[NAME]]).toEqual([200, undefined]);
});
