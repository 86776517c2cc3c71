import { expect, it } from 'vitest';
import { handshakeViolation } from './handshake-violation.js';

/** RFC 6455 section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const AGREED = ['Upgrade', 'WebSocket', 'Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='];

it('takes the answer that follows from the key', () => {
  expect(handshakeViolation(AGREED, KEY)).toBeUndefined();
});

it.each<[string, string[], string | undefined]>([
  ['another protocol', ['Upgrade', 'h2c', ...AGREED.slice(2)], KEY],
  ['no protocol', AGREED.slice(2), KEY],
  ['two protocols', ['Upgrade', 'websocket, h2c', ...AGREED.slice(2)], KEY],
  ['another key', AGREED, 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ['no key', AGREED, undefined],
  ['no accept', AGREED.slice(0, 2), KEY],
  ['neither', AGREED.slice(0, 2), undefined],
])('takes no answer to or with %s', (_, headers, key) => {
  expect(handshakeViolation(headers, key)).toBeDefined();
});
