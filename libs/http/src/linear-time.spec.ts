import type { IncomingMessage } from 'node:http';
import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { canonicalAcceptEncoding } from './accept-encoding.js';
import { bearerToken, parseAuthorization } from './authorization.js';
import { cookieOf, cookiesBut } from './cookies.js';
import { endToEndHeaders } from './end-to-end-headers.js';
import { toHttp1Fields } from './http1-fields.js';
import { originForm } from './origin-form.js';
import { hasKeyInQuery, withoutOwnKeys } from './own-keys.js';
import { Peers } from './peers.js';
import { claimedOrigin } from './policy/claimed-origin.js';
import { fieldPolicy } from './policy/field-policy.js';
import { parseForwarded } from './policy/forwarded.js';
import { travellingFields } from './policy/travelling-fields.js';
import { requestViolation } from './request-violation.js';
import { retryAfterSeconds } from './retry-after.js';
import { hasPassed } from './via.js';

const TRUSTED = { isTrusted: true, isEncrypted: false };
const peers = new Peers(['loopback']);

/** As much of a request as is looked at before anything answers it. */
const requestWith = (headers: Record<string, string>, url = '/'): IncomingMessage =>
  ({
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    method: 'GET',
    url,
    headers,
    rawHeaders: Object.entries(headers).flat(),
    socket: { remoteAddress: '127.0.0.1' },
  }) as never;

it.each<[name: string, parse: (text: string) => unknown]>([
  ['Accept-Encoding', (text) => canonicalAcceptEncoding(text)],
  ['an absolute target', (text) => originForm(text)],
  ['the authority of a target', (text) => requestViolation(requestWith({ host: 'a' }, `http://${text}`))],
  ['Host', (text) => requestViolation(requestWith({ host: text }))],
  ['Transfer-Encoding', (text) => requestViolation(requestWith({ host: 'a', 'transfer-encoding': text }))],
  ['Connection', (text) => endToEndHeaders(['connection', text, 'a', 'b'])],
  [
    'Connection beside many fields',
    (text) => endToEndHeaders(['connection', text, ...text.split(',').flatMap((name) => [name, ''])]),
  ],
  ['cookies of HTTP/2', (text) => toHttp1Fields(text.split(';').flatMap((cookie) => ['cookie', cookie]))],
  [
    'Authorization',
    (text) => [
      parseAuthorization(text),
      bearerToken(`Bearer ${text}`),
      withoutOwnKeys('authorization', `Basic ${text}`),
    ],
  ],
  ['a key in a field', (text) => withoutOwnKeys('x-a', `${text}slip_`)],
  ['a key in a cookie', (text) => withoutOwnKeys('cookie', `${text}; a=slip_b; ${text}`)],
  ['a key in a query', (text) => hasKeyInQuery(`/?${text}slip_`)],
  ['Cookie', (text) => [cookieOf(text, 'c'), cookiesBut(`c=1; ${text}`, (name) => name === 'c')]],
  ['Forwarded', (text) => [parseForwarded(text), parseForwarded(`a="${text}`)]],
  [
    'the origin that a trusted peer claims',
    (text) => claimedOrigin(['forwarded', text, 'cf-visitor', text, 'x-scheme', text], text, TRUSTED),
  ],
  [
    'a field name',
    (text) => [fieldPolicy(text), fieldPolicy(`x_forwarded_${text}`), fieldPolicy(`x-openwebui-user-${text}`)],
  ],
  [
    'many field names',
    (text) => travellingFields({ rawHeaders: text.split(',').flatMap((name) => [name, '']), isTrusted: true }),
  ],
  ['Via', (text) => hasPassed(`${text}slipstream-1`, 'slipstream-1')],
  ['X-Forwarded-For', (text) => peers.clientAddress(requestWith({ 'x-forwarded-for': text }))],
  [
    'X-Forwarded-For of trusted hops',
    (text) => peers.clientAddress(requestWith({ 'x-forwarded-for': text.replaceAll('a', '127.0.0.1') })),
  ],
  ['Retry-After', (text) => retryAfterSeconds(text, new Date(0))],
  ['a date in Retry-After', (text) => retryAfterSeconds(`Mon${text}`, new Date(0))],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
