import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { httpsRedirect } from './https-redirect.js';
import { LocalListeners, exchange } from './testing/local-listeners.js';

const listeners = new LocalListeners();
afterEach(() => listeners.close());

const start = async (httpsPort: number): Promise<number> => {
  const allowedHosts = ['chat.example.org', '*.team.example'];
  return (await listeners.start(() => {}, { handlers: httpsRedirect(() => httpsPort), allowedHosts })).port;
};

async function redirected(host: string, path = '/', httpsPort = 443): Promise<unknown[]> {
  const port = await start(httpsPort);
  const sent = request({ host: '127.0.0.1', port, path, headers: { host }, agent: false }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return [answer.statusCode, answer.headers.location];
}

it.each([
  ['chat.example.org', '/a/b?c=d', 443, 'https://chat.example.org/a/b?c=d'],
  ['Chat.example.org:8080', '/', 8443, 'https://chat.example.org:8443/'],
  ['a.team.example', '//evil.example', 443, 'https://a.team.example//evil.example'],
  ['chat.example.org', 'http://chat.example.org/x', 443, 'https://chat.example.org/x'],
])('redirects %s %s, with HTTPS at port %i', async (host, path, httpsPort, location) =>
  expect(await redirected(host, path, httpsPort)).toEqual([308, location]),
);

it.each([
  ['evil.example', 421],
  ['evil.example/x.team.example', 400],
  ['chat.example.org@evil.example', 400],
  ['a b.team.example', 400],
])('does not redirect %s', async (host, status) => expect(await redirected(host)).toEqual([status, undefined]));

it('does not redirect a request without Host', async () =>
  expect(await exchange(await start(443), 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /));
