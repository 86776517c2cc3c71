import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { statusOf } from '@slipstream/contracts';
import { FIELD_TABLE } from '@slipstream/http/testing';
import { AccessError } from './access-error.js';
import { Authenticator, type ConfiguredKey } from './authenticator.js';
import type { Caller, LocalUsers } from './local-caller.js';
import type { SocketOwner } from './socket-owner.js';

const hashOf = (secret: string) => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
const KEYS: ConfiguredKey[] = [
  { id: 'ops', role: 'admin', hash: hashOf('slip_admin') },
  { id: 'app', role: 'service', hash: hashOf('slip_service') },
  { id: 'ada', role: 'user', user: 'ada', hash: hashOf('slip_ada') },
];
const PORT = 8080;
const SELF = 1000;

type Headers = Record<string, string | undefined>;

function caller(
  headers: Headers,
  { remoteAddress = '127.0.0.1', httpVersion = '1.1' }: { remoteAddress?: string; httpVersion?: string } = {},
): Caller {
  const sent = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const socket = { remoteAddress, remotePort: 50_000, localAddress: '127.0.0.1', localPort: PORT };
  return {
    headers: Object.fromEntries(sent.map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders: sent.flat(),
    httpVersion,
    socket,
  };
}

const local = (headers: Headers = {}, more?: Parameters<typeof caller>[1]) =>
  caller({ host: `127.0.0.1:${PORT}`, ...headers }, more);
const bearing = (key: string, headers: Headers = {}) =>
  caller({ authorization: `Bearer ${key}`, ...headers }, { remoteAddress: '10.0.0.9' });
const ownedBy = (owner: SocketOwner): LocalUsers => ({ self: SELF, ownerOf: () => Promise.resolve(owner) });

async function refusal(keys: ConfiguredKey[], of: Caller, users = ownedBy(SELF)): Promise<[number, string]> {
  try {
    await new Authenticator(keys, users).authenticate(of);
  } catch (error) {
    if (error instanceof AccessError) return [statusOf(error.code), error.code];
  }
  return expect.fail('the caller was let in');
}

describe('without keys', () => {
  const sut = new Authenticator([], ownedBy(SELF));

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s is an admin', async (remoteAddress) => {
    expect(await sut.authenticate(local({}, { remoteAddress }))).toEqual({ role: 'admin', keyId: 'loopback' });
  });

  it.each([`localhost:${PORT}`, `LOCALHOST:${PORT}`, `127.0.0.1:${PORT}`, `[::1]:${PORT}`])(
    'the Host %s is its own',
    async (host) => {
      expect((await sut.authenticate(local({ host }))).role).toBe('admin');
    },
  );

  it.each<[string, Headers]>([
    ['curl', { 'User-Agent': 'curl/8.0', Accept: '*/*' }],
    [
      'fetch of Node',
      {
        accept: '*/*',
        'accept-language': '*',
        'sec-fetch-mode': 'cors',
        'user-agent': 'node',
        'accept-encoding': 'gzip, deflate',
      },
    ],
    [
      'a client of OpenAI',
      {
        'X-Stainless-Lang': 'python',
        'X-Stainless-OS': 'Linux',
        Authorization: 'Bearer none',
        'OpenAI-Project': 'p',
        'Idempotency-Key': 'k',
        Traceparent: '00-1-1-01',
      },
    ],
    [
      'Open WebUI',
      {
        Authorization: 'Bearer none',
        'X-OpenWebUI-User-Email': 'ada@example',
        'X-OpenWebUI-Chat-Id': '1',
        'Content-Type': 'application/json',
      },
    ],
    [
      'a page of its own',
      { Origin: `http://127.0.0.1:${PORT}`, Referer: `http://127.0.0.1:${PORT}/`, 'Sec-Fetch-Site': 'same-origin' },
    ],
  ])('%s is let in', async (_, headers) => expect((await sut.authenticate(local(headers))).role).toBe('admin'));

  it('acts for the user that the header names', async () => {
    expect((await sut.authenticate(local({ 'x-slipstream-user': 'ada' }))).userId).toBe('ada');
  });

  const PROXYS = FIELD_TABLE.filter(({ isSetByProxies }) => isSetByProxies)
    .flatMap(({ names }) => names.trim().split(/\s+/))
    .map((name) => name.replace('*', 'any'));
  const UNKNOWN_KIN = [
    'X-Vendor-Client-IP',
    'X-Proxied-By',
    'X-Ingress-Class',
    'X-Vendor-Forwarded',
    'X-LB-Name',
    'X-Path-Override',
    'X-My-CDN-Id',
    'Source-IP',
  ];

  it.each([...PROXYS, ...UNKNOWN_KIN])(
    'refuses a request with %s, which proxies set, in any spelling',
    async (name) => {
      for (const written of [name, name.toUpperCase(), name.replaceAll('-', '_')])
        expect(await refusal([], local({ [written]: 'x' }))).toEqual([403, 'proxied_without_keys']);
    },
  );

  it.each<[string, Caller, [number, string]]>([
    ['another machine', local({}, { remoteAddress: '10.0.0.9' }), [403, 'keys_required']],
    ['HTTP/1.0, which proxies speak by default', local({}, { httpVersion: '1.0' }), [403, 'proxied_without_keys']],
    ['a name that was rebound to loopback', local({ host: `evil.example:${PORT}` }), [403, 'host_refused']],
    ['a name that looks like loopback', local({ host: `127.0.0.1.evil.example:${PORT}` }), [403, 'host_refused']],
    ['localhost without its port, as proxies are told to say', local({ host: 'localhost' }), [403, 'host_refused']],
    ['another port, as of a proxy', local({ host: 'localhost:80' }), [403, 'host_refused']],
    ['no Host', caller({}), [403, 'host_refused']],
    ['a page of another origin', local({ origin: 'https://evil.example' }), [403, 'origin_refused']],
    ['a page of another port', local({ origin: 'http://localhost:3000' }), [403, 'origin_refused']],
    ['a sandboxed page', local({ origin: 'null' }), [403, 'origin_refused']],
    ['a page that was reached by another name', local({ referer: 'https://chat.example/' }), [403, 'origin_refused']],
    ['an image in a page of another site', local({ 'sec-fetch-site': 'cross-site' }), [403, 'origin_refused']],
    ['a user that is no id', local({ 'x-slipstream-user': 'a b' }), [400, 'invalid_user_header']],
  ])('refuses %s', async (_, of, expected) => expect(await refusal([], of)).toEqual(expected));

  it.each<[string, SocketOwner, number | undefined, boolean]>([
    ['the same user', SELF, SELF, true],
    ['root', 0, SELF, true],
    ['root, who runs it', 0, 0, true],
    ['another user, as a proxy is', 33, SELF, false],
    ['another user, where root runs it', 33, 0, false],
    ['nobody any more', 'none', SELF, false],
    ['somebody, on a system that does not say', 'unknown', SELF, true],
    ['somebody, on a system without such numbers', 33, undefined, true],
  ])('asks the system whose connection it is: %s', async (_, owner, self, isLetIn) => {
    const decide = () => new Authenticator([], { self, ownerOf: () => Promise.resolve(owner) }).authenticate(local());
    if (isLetIn) expect((await decide()).role).toBe('admin');
    else await expect(decide()).rejects.toThrow(expect.objectContaining({ code: 'other_user_without_keys' }));
  });

  it('asks once for each connection', async () => {
    let asked = 0;
    const counting = new Authenticator([], { self: SELF, ownerOf: () => ((asked += 1), Promise.resolve(SELF)) });
    const first = local();
    await counting.authenticate(first);
    await counting.authenticate({ ...local(), socket: first.socket });
    await counting.authenticate(local());
    expect(asked).toBe(2);
  });

  it('refuses where the system fails to say, and asks again', async () => {
    const ownerOf = vi.fn<LocalUsers['ownerOf']>().mockRejectedValueOnce(new Error('EMFILE')).mockResolvedValue(SELF);
    const users = { self: SELF, ownerOf };
    const authenticator = new Authenticator([], users);
    const request = local();
    await expect(authenticator.authenticate(request)).rejects.toThrow(/EMFILE/);
    expect((await authenticator.authenticate(request)).role).toBe('admin');
  });

  it('refuses a connection that was closed meanwhile, because another one may have its port', async () => {
    const request = local();
    const closed = { ...request, socket: { ...request.socket, destroyed: true } };
    expect(await refusal([], closed)).toEqual([403, 'other_user_without_keys']);
  });
});

describe('with keys', () => {
  const authenticator = new Authenticator(KEYS);

  it('knows the holder of each key, from anywhere and through proxies', async () => {
    expect(await authenticator.authenticate(bearing('slip_admin', { 'x-forwarded-for': '1.2.3.4' }))).toEqual({
      role: 'admin',
      keyId: 'ops',
    });
    expect(await authenticator.authenticate(bearing('slip_service', { 'x-slipstream-user': 'bob' }))).toEqual({
      role: 'service',
      keyId: 'app',
      userId: 'bob',
    });
  });

  it.each(['Bearer slip_admin', 'bearer slip_admin', 'BEARER   slip_admin', ' Bearer slip_admin '])(
    'knows one caller by %j',
    async (authorization) => {
      expect(await authenticator.authenticate(caller({ authorization }))).toEqual({ role: 'admin', keyId: 'ops' });
    },
  );

  it("a user's key is bound to that user, whatever the header says", async () => {
    expect((await authenticator.authenticate(bearing('slip_ada', { 'x-slipstream-user': 'bob' }))).userId).toBe('ada');
  });

  it.each<[string, Caller, [number, string]]>([
    ['no key, on loopback too', local(), [401, 'key_missing']],
    ['an unknown key', bearing('slip_other'), [401, 'key_unknown']],
    ['the hash itself', bearing(hashOf('slip_admin')), [401, 'key_unknown']],
    ['another scheme', caller({ authorization: 'Basic slip_admin' }), [401, 'key_missing']],
    ['a tab for a space', caller({ authorization: 'Bearer\tslip_admin' }), [401, 'key_missing']],
    ['two tokens', caller({ authorization: 'Bearer slip_admin slip_ada' }), [401, 'key_missing']],
  ])('refuses %s', async (_, of, expected) => expect(await refusal(KEYS, of)).toEqual(expected));

  it('lets only admins administrate', async () => {
    expect((await authenticator.requireAdmin(bearing('slip_admin'))).keyId).toBe('ops');
    await expect(authenticator.requireAdmin(bearing('slip_service'))).rejects.toThrow(AccessError);
  });
});
