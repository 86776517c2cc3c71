import { expect, it } from 'vitest';
import { isLocalExhaustion } from './local-exhaustion.js';

const error = (code: string, options?: ErrorOptions): Error => Object.assign(new Error(code, options), { code });
const all = (...codes: string[]): Error =>
  Object.assign(new AggregateError(codes.map((code) => error(code))), { code: codes[0] });

it.each<[string, unknown, boolean]>([
  ...['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN'].map(
    (code): [string, unknown, boolean] => [code, error(code), true],
  ),
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EPIPE',
    'CERT_HAS_EXPIRED',
  ].map((code): [string, unknown, boolean] => [code, error(code), false]),
  ['a cause', error('http1_connect_failed', { cause: error('EMFILE') }), true],
  ['no cause', error('http1_connect_failed'), false],
  ['every address without a port', all('EADDRNOTAVAIL', 'EADDRNOTAVAIL'), true],
  ['one address that this machine has not, and one that refuses', all('EADDRNOTAVAIL', 'ECONNREFUSED'), false],
  ['one address that refuses, and no descriptor for the other', all('ECONNREFUSED', 'EMFILE'), true],
  ['no error', 'EMFILE', false],
])('%s', (_, fault, isOwn) => {
  expect(isLocalExhaustion(fault)).toBe(isOwn);
});

it('ends on a cause that is its own', () => {
  const loop = error('x');
  loop.cause = loop;
  expect(isLocalExhaustion(loop)).toBe(false);
});
