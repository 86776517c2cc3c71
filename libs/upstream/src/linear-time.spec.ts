import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { handshakeFault } from './handshake-fault.js';

it.each<[name: string, parse: (text: string) => unknown]>([
  ['Upgrade', (text) => handshakeFault(['upgrade', text], text)],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
