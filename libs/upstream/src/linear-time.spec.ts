import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { handshakeViolation } from './handshake-violation.js';

it.each<[name: string, parse: (text: string) => unknown]>([
  ['Upgrade', (text) => handshakeViolation(['upgrade', text], text)],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
