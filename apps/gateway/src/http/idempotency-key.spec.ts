import { describe, expect, it } from 'vitest';
import { InvalidInputError, id, type Principal } from '@slipstream/contracts';
import { createIdentity } from './idempotency-key.js';

const ada: Principal = { role: 'service', keyId: 'app', userId: 'ada' };
const of = (principal = ada, path = '/chats', key: string | string[] | undefined = 'k', body: unknown = { a: 1 }) =>
  createIdentity(principal, path, key, body);

describe('createIdentity', () => {
  it('is the same for the same call, and an id of this API', () => {
    expect(of()).toEqual(of());
    expect(id.safeParse(of().id).success).toBe(true);
  });

  it('differs by person, key holder, path and key; the body has a hash of its own', () => {
    const others = [
      of({ ...ada, userId: 'bob' }),
      of({ ...ada, keyId: 'other' }),
      of(ada, '/users'),
      of(ada, '/chats', 'k2'),
    ];
    expect(new Set([of(), ...others].map((identity) => identity.id)).size).toBe(5);
    expect(of(ada, '/chats', 'k', { a: 2 })).toMatchObject({
      id: of().id,
      requestHash: expect.not.stringMatching(of().requestHash!) as string,
    });
  });

  it('is new every time without a key', () => {
    expect(createIdentity(ada, '/chats', undefined, {}).id).not.toBe(createIdentity(ada, '/chats', undefined, {}).id);
  });

  it.each(['', 'a b', 'x'.repeat(256), 'ü', ['a', 'b']])('refuses %j', (key) => {
    expect(() => of(ada, '/chats', key)).toThrow(InvalidInputError);
  });
});
