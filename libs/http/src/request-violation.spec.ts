import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { requestViolation } from './request-violation.js';

/** A request as Node's parser hands it over. */
function received(
  url: string,
  headers: Record<string, string> = {},
  { method = 'GET', version = '1.1' } = {},
): IncomingMessage {
  const [httpVersionMajor, httpVersionMinor] = version.split('.').map(Number);
  return {
    url,
    method,
    httpVersionMajor,
    httpVersionMinor,
    headers: { host: 'a.example', ...headers },
    rawHeaders: ['Host', 'a.example'],
  } as unknown as IncomingMessage;
}

it.each([
  ['a path', received('/a?b')],
  ['a path that looks like more', received('//b.example/')],
  ['an http URL', received('HTTP://A.example/a')],
  ['an https URL without a path', received('https://a.example?x')],
  ['OPTIONS *', received('*', {}, { method: 'OPTIONS' })],
  ['chunks', received('/', { 'transfer-encoding': 'Chunked' })],
  ['no content', received('/', { 'content-length': '0' })],
  ['HTTP/1.0', received('/', {}, { version: '1.0' })],
])('takes %s', (_, request) => {
  expect(requestViolation(request)).toBeUndefined();
});

it.each([
  ['a fragment', received('/a#b'), 'invalid_target'],
  ['a fragment of a URL', received('http://a.example/#b'), 'invalid_target'],
  ['GET *', received('*'), 'invalid_target'],
  ['an authority', received('a.example:443'), 'invalid_target'],
  ['a URL of another host', received('http://b.example/'), 'invalid_target'],
  ['a URL with a user', received('http://a.example@b.example/'), 'invalid_target'],
  ['a URL of no host', received('http:///a'), 'invalid_target'],
  ['a URL of another scheme', received('file:///etc/passwd'), 'invalid_target'],
  ['two codings', received('/', { 'transfer-encoding': 'gzip, chunked' }), 'invalid_framing'],
  ['a coding of HTTP/1.0', received('/', { 'transfer-encoding': 'chunked' }, { version: '1.0' }), 'invalid_framing'],
  ['a length that begins with zero', received('/', { 'content-length': '05' }), 'invalid_framing'],
  ['HTTP/0.9', received('/', {}, { version: '0.9' }), 'invalid_framing'],
  ['HTTP/2.0 as text', received('/', {}, { version: '2.0' }), 'invalid_framing'],
  ['a bad Host', received('/', { host: 'a/b' }), 'invalid_host'],
])('takes no %s', (_, request, code) => {
  expect(requestViolation(request)).toMatchObject({ code });
});

it.each(['A.example:65535', 'a.example:', 'a_b', '[::1]:80', '127.0.0.1', 'xn--caf-dma.example', 'a.example.'])(
  'takes the Host %s',
  (host) => expect(requestViolation(received('/', { host }))).toBeUndefined(),
);

it.each(['a:65536', 'a:99999', '1.2.3.999', '[::::]', '[1]', 'a%zz', 'a%2fb'])(
  'takes no Host that is part of no URL: %s',
  (host) => {
    for (let i = 0; i < 2; i++)
      expect(requestViolation(received('/', { host }))).toMatchObject({ code: 'invalid_host' });
  },
);
