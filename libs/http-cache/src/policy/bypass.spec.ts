import { expect, it } from 'vitest';
import { requestOf } from '../testing/requests.js';
import { bypassReason } from './bypass.js';

it.each([
  ['a GET', requestOf(), undefined],
  ['a HEAD', requestOf({}, { method: 'HEAD' }), undefined],
  ['a POST', requestOf({}, { method: 'POST' }), 'method'],
  ['a GET with content', requestOf({}, { hasContent: true }), 'request'],
  ['If-Match (RFC 9111 section 4.3.2)', requestOf({ 'if-match': '"1"' }), 'request'],
  ['a rule that says never', requestOf({}, { rule: { scope: 'never' } }), 'bypass'],
  ['a target with a space, which parts keys', requestOf({}, { target: '/a b' }), 'bypass'],
  ['a host with a space', requestOf({}, { host: 'a b' }), 'bypass'],
])('%s', (_, request, reason) => expect(bypassReason(request)).toBe(reason));
