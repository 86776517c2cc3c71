import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AccessError, Authenticator, type Caller, type ConfiguredKey } from './authenticator.js';

const hashOf = (secret: string) => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
const KEYS: ConfiguredKey[] = [
  { id: 'ops', role: 'admin', hash: hashOf('slip_admin') },
  { id: 'app', role: 'service', hash: hashOf('slip_service') },
  { id: 'ada', role: 'person', person: 'ada', hash: hashOf('slip_ada') },
];

const loopback = (headers: Caller['headers'] = {}, remoteAddress = '127.0.0.1'): Caller => ({ headers: { host: 'localhost:8080', ...headers }, remoteAddress });
const bearing = (key: string, headers: Caller['headers'] = {}): Caller => ({ headers: { authorization: `Bearer ${key}`, ...headers }, remoteAddress: '10.0.0.9' });

function refusal(keys: ConfiguredKey[], caller: Caller): [number, string] {
  try {
    new Authenticator(keys).authenticate(caller);
  } catch (error) {
    if (error instanceof AccessError) return [error.status, error.code];
  }
  return expect.fail('the caller was let in');
}

describe('without keys', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s is an admin', (address) => {
    expect(new Authenticator([]).authenticate(loopback({}, address))).toEqual({ role: 'admin', keyId: 'loopback' });
  });

  it.each(['localhost', '127.0.0.1:8080', '[::1]:8080'])('the Host %s is fine', (host) => {
    expect(new Authenticator([]).authenticate(loopback({ host })).role).toBe('admin');
  });

  it('acts for the person that the header names', () => {
    expect(new Authenticator([]).authenticate(loopback({ 'x-slipstream-user': 'ada' })).userId).toBe('ada');
  });

  it.each<[string, Caller, [number, string]]>([
    ['another machine', loopback({}, '10.0.0.9'), [403, 'keys_required']],
    ['no address', { headers: { host: 'localhost' } }, [403, 'keys_required']],
    ['a proxy on this machine', loopback({ 'x-forwarded-for': '1.2.3.4' }), [403, 'proxied_without_keys']],
    ['a proxy that says so', loopback({ via: '1.1 nginx' }), [403, 'proxied_without_keys']],
    ['a name that was rebound to loopback', loopback({ host: 'evil.example:8080' }), [403, 'host_refused']],
    ['a name that looks like loopback', loopback({ host: '127.0.0.1.evil.example' }), [403, 'host_refused']],
    ['no Host', loopback({ host: undefined }), [403, 'host_refused']],
    ['a page of another origin', loopback({ origin: 'https://evil.example' }), [403, 'origin_refused']],
    ['a page of another port', loopback({ origin: 'http://localhost:3000' }), [403, 'origin_refused']],
    ['a sandboxed page', loopback({ origin: 'null' }), [403, 'origin_refused']],
    ['a person that is no id', loopback({ 'x-slipstream-user': 'a b' }), [400, 'invalid_user_header']],
  ])('refuses %s', (_, caller, expected) => expect(refusal([], caller)).toEqual(expected));
});

describe('with keys', () => {
  const authenticator = new Authenticator(KEYS);

  it('knows the holder of each key, from anywhere', () => {
    expect(authenticator.authenticate(bearing('slip_admin'))).toEqual({ role: 'admin', keyId: 'ops' });
    expect(authenticator.authenticate(bearing('slip_service', { 'x-slipstream-user': 'bob' }))).toEqual({ role: 'service', keyId: 'app', userId: 'bob' });
  });

  it('a person\'s key is bound to that person, whatever the header says', () => {
    expect(authenticator.authenticate(bearing('slip_ada', { 'x-slipstream-user': 'bob' })).userId).toBe('ada');
  });

  it.each<[string, Caller, [number, string]]>([
    ['no key, on loopback too', loopback(), [401, 'key_missing']],
    ['an unknown key', bearing('slip_other'), [401, 'key_unknown']],
    ['the hash itself', bearing(hashOf('slip_admin')), [401, 'key_unknown']],
    ['another scheme', { headers: { authorization: 'Basic slip_admin' } }, [401, 'key_missing']],
  ])('refuses %s', (_, caller, expected) => expect(refusal(KEYS, caller)).toEqual(expected));

  it('lets only admins administrate', () => {
    expect(() => authenticator.requireAdmin(bearing('slip_admin'))).not.toThrow();
    expect(() => authenticator.requireAdmin(bearing('slip_service'))).toThrow(AccessError);
  });
});
