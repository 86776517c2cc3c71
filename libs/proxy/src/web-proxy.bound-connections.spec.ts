import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

/** A backend that takes whoever has signed in on a connection for the sender of all that comes on it. */
async function signingIn(answerFields: Record<string, string> = {}): Promise<string> {
  const users = new WeakMap<Socket, string>();
  const answer = (req: IncomingMessage, res: ServerResponse): void => {
    if (req.url === '/sign-in') users.set(req.socket, 'alice');
    const isNew = req.url === '/sign-in';
    res
      .writeHead(isNew && answerFields['www-authenticate'] ? 401 : 200, isNew ? answerFields : {})
      .end(users.get(req.socket) ?? 'nobody');
  };
  return local.listening(createServer({ shouldUpgradeCallback: () => false }, answer));
}

async function send(gateway: string, path: string, headers: Record<string, string>): Promise<string> {
  const asking = httpRequest(gateway + path, { headers });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return (await answer.toArray()).join('');
}

const REQUESTS: [string, Record<string, string>][] = [
  ['NTLM', { authorization: 'NTLM TlRMTVNTUAAB' }],
  ['Negotiate', { authorization: 'Negotiate YIIJ' }],
  ['another case', { AUTHORIZATION: 'ntlm TlRMTVNTUAAB' }],
  ['Kerberos', { authorization: 'Kerberos YIIJ' }],
];
const HANDSHAKE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

it.each([
  ...REQUESTS,
  ...REQUESTS.map(([name, fields]): [string, Record<string, string>] => [
    `${name} with a WebSocket handshake`,
    { ...fields, ...HANDSHAKE },
  ]),
])("carries nobody else's request when it was signed in by %s", async (_, headers) => {
  const { url } = await local.gateway([await signingIn()]);
  expect(await send(url, '/sign-in', headers)).toBe('alice');
  expect(await send(url, '/', {})).toBe('nobody');
});

it.each<[string, Record<string, string>]>([
  ['NTLM', { 'www-authenticate': 'NTLM TlRMTVNTUAAC' }],
  ['Negotiate', { 'WWW-Authenticate': 'negotiate' }],
  ['a scheme among others', { 'www-authenticate': 'Basic realm="a", NTLM' }],
  ['Proxy-Authenticate', { 'proxy-authenticate': 'Negotiate' }],
  ['Persistent-Auth', { 'persistent-auth': 'true' }],
])("carries nobody else's request when its answer says %s", async (_, fields) => {
  const { url } = await local.gateway([await signingIn(fields)]);
  expect(await send(url, '/sign-in', {})).toBe('alice');
  expect(await send(url, '/', {})).toBe('nobody');
});

it.each<[string, Record<string, string>, Record<string, string>]>([
  [
    'Basic',
    { authorization: 'Basic YTpi' },
    { 'www-authenticate': 'Basic realm="NTLM, Negotiate"'.replace(', Negotiate', '') },
  ],
  ['Bearer', { authorization: 'Bearer negotiate' }, {}],
  ['no', {}, { 'persistent-auth': 'false' }],
])('is used again after %s authentication of requests', async (_, headers, fields) => {
  const sockets = new Set<Socket>();
  const backend = await local.http((req, res) => (sockets.add(req.socket), res.writeHead(200, fields).end()));
  const { url } = await local.gateway([backend]);
  for (let round = 0; round < 3; round++) await send(url, '/', headers);
  expect(sockets.size).toBe(1);
});
