import { expect, it } from 'vitest';
import { mayActFor, type Principal } from './principal.js';

it.each<[Principal, boolean]>([
  [{ role: 'admin', keyId: 'k' }, true],
  [{ role: 'admin', keyId: 'k', userId: 'ada' }, true],
  [{ role: 'admin', keyId: 'k', userId: 'bob' }, false],
  [{ role: 'service', keyId: 'k' }, false],
  [{ role: 'service', keyId: 'k', userId: 'ada' }, true],
  [{ role: 'user', keyId: 'k', userId: 'bob' }, false],
])('%o may act for ada: %s', (principal, may) => expect(mayActFor(principal, 'ada')).toBe(may));
