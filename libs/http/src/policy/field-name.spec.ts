import { expect, it } from 'vitest';
import { canonicalName, isSameField } from './field-name.js';

const NAMES = [
  'X-Tenant',
  'x_tenant',
  'X.Tenant',
  "X'TENANT",
  'X~Tenant',
  'X|Tenant',
  'XTenant',
  'X-Tenan',
  'X-Tenant-',
  'X-Tenanu',
  'X0Tenant',
];

it.each(NAMES)('compares %s with others as its canonical name says', (name) => {
  for (const other of NAMES)
    expect([other, isSameField(name, other)]).toEqual([other, canonicalName(name) === canonicalName(other)]);
});

it('agrees with the canonical name on each character of a name', () => {
  const characters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
  for (const one of characters)
    for (const other of characters)
      expect(isSameField(one, other), one + other).toBe(canonicalName(one) === canonicalName(other));
});
