/** A request as its parts, before anything is done to it. */
export interface Seed {
  method: string;
  target: string;
  fields: [name: string, value: string][];
  body: string;
}

/** The bearer token that a listener with keys accepts. */
export const KEY = 'slip_fuzz_key';

const json = (method: string, target: string, value: unknown): Seed => {
  const body = JSON.stringify(value);
  return {
    method,
    target,
    fields: [
      ['Content-Type', 'application/json'],
      ['Authorization', `Bearer ${KEY}`],
      ['Content-Length', String(Buffer.byteLength(body))],
    ],
    body,
  };
};
const plain = (method: string, target: string, ...fields: [string, string][]): Seed => ({
  method,
  target,
  fields,
  body: '',
});
const chunked = (target: string, body: string, ...fields: [string, string][]): Seed => ({
  method: 'POST',
  target,
  fields: [...fields, ['Transfer-Encoding', 'chunked']],
  body,
});
const bearer: [string, string] = ['Authorization', `Bearer ${KEY}`];

/** Valid requests of every route of the public listener. */
export const SEEDS: readonly Seed[] = [
  plain('GET', '/'),
  plain(
    'GET',
    '/cached?x=1',
    ['Accept', 'text/html'],
    ['Accept-Encoding', 'gzip, br;q=0.5'],
    ['Cookie', 'token=a.b.c; _ga=1'],
  ),
  plain(
    'GET',
    '/cached',
    ['If-None-Match', 'W/"a", "b"'],
    ['Range', 'bytes=0-3'],
    ['Cache-Control', 'no-cache="x", max-age=0'],
  ),
  plain('HEAD', '/cached'),
  plain('OPTIONS', '*'),
  plain(
    'GET',
    '/_app/immutable/a.js',
    ['If-Modified-Since', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['X-Forwarded-For', '1.2.3.4, ::1'],
  ),
  plain('GET', '/static/a.css', ['Accept-Encoding', 'br']),
  plain('GET', '/static/a.png?w=64&q=80', ['Accept', 'image/avif,image/webp']),
  plain('DELETE', '/api/v1/chats/1', ['Content-Type', 'application/json']),
  {
    method: 'POST',
    target: '/api/v1/chats/new',
    fields: [
      ['Content-Length', '5'],
      ['Content-Type', 'text/plain'],
    ],
    body: 'hello',
  },
  {
    method: 'PUT',
    target: '/upload',
    fields: [
      ['Content-Length', '5'],
      ['Expect', '100-continue'],
    ],
    body: 'hello',
  },
  chunked('/upload', '5\r\nhello\r\n0\r\n\r\n'),
  chunked('/upload', '1;a=b\r\nh\r\n4\r\nello\r\n0\r\nX-Trailer: a\r\n\r\n', ['Trailer', 'X-Trailer']),
  plain(
    'GET',
    '/ws/socket.io/?transport=websocket',
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Version', '13'],
  ),
  plain('CONNECT', 'a.example:443'),
  plain('GET', '/expecting', ['Expect', 'x']),
  plain('GET', '/v1/models', bearer),
  plain('GET', '/v1/models/demo-echo', bearer),
  json('POST', '/v1/chat/completions', { model: 'demo-echo', messages: [{ role: 'user', content: 'hello' }] }),
  json('POST', '/v1/chat/completions', {
    model: 'demo-echo',
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  }),
  json('POST', '/slipstream/v1/users', { name: 'Ada' }),
  json('POST', '/slipstream/v1/chats', { userId: 'u', title: 'First' }),
  json('POST', '/slipstream/v1/chats/c/messages', { content: 'hello', model: 'demo-echo' }),
  plain('GET', '/slipstream/v1/users?limit=10&cursor=WzEsMl0', bearer, ['X-Slipstream-User', 'u']),
  plain('GET', '/slipstream/v1/jobs/j/events', bearer, ['Accept', 'text/event-stream'], ['Last-Event-ID', '1-1']),
  plain('DELETE', '/slipstream/v1/users/u', bearer, ['Idempotency-Key', 'k-1'], ['Content-Type', 'application/json']),
  json('POST', '/slipstream/v1/notifications', { userId: 'u', kind: 'a', channel: 'inbox' }),
  json('POST', '/slipstream/v1/hooks/open-webui/0123456789abcdef', { action: 'signup' }),
];

/** Values that parsers stumble over. */
export const ODD_VALUES: readonly string[] = [
  '',
  ' ',
  '\t',
  '0',
  '-1',
  '00',
  '1e3',
  '18446744073709551616',
  '\0',
  '\x7f',
  '\xff',
  '%00',
  '%0a',
  '%',
  '..',
  '//',
  ';',
  ',',
  ',,,',
  '"',
  '"\\',
  '*',
  '[::1]',
  'a:b:c',
  'chunked, chunked',
  'chunked',
  'identity',
  'close',
  'keep-alive, Upgrade',
  'HTTP2-Settings',
  '100-continue',
  'x',
  'websocket',
  'h2c',
  'bytes=-1',
  'bytes=999999-',
  'trailers',
  'Bearer',
  'Bearer\tx',
  'W/',
  ';'.repeat(4_000),
  '"a'.repeat(2_000),
  '://:'.repeat(1_000),
  'a'.repeat(40_000),
];

export const ODD_NAMES: readonly string[] = [
  'Host',
  'Expect',
  'Connection',
  'Upgrade',
  'Content-Length',
  'Transfer-Encoding',
  'Trailer',
  'TE',
  'Range',
  'Cookie',
  'Forwarded',
  'X-Forwarded-For',
  'X-Slipstream-User',
  'Idempotency-Key',
  'Last-Event-ID',
  'Authorization',
  'HTTP2-Settings',
  'Proxy-Connection',
  'Keep-Alive',
  'Via',
  'Max-Forwards',
  'x_forwarded_for',
  '',
  ' ',
  'a b',
  '\0',
  '__proto__',
  'constructor',
  'x'.repeat(20_000),
];

/** Some of them fit the grammar of an authority, and are part of no URL. */
export const ODD_HOSTS: readonly string[] = [
  '',
  'a:65536',
  'a:99999',
  'a:00080',
  '1.2.3.999',
  '0x7f.1',
  '[::::]',
  '[1]',
  '[::1]',
  'a%zz',
  'a%2fb',
  'xn--',
  '..',
  '*',
  "a'b",
];

export const ODD_TARGETS: readonly string[] = [
  '',
  '*',
  '/',
  '//',
  '/..',
  '/%',
  '/%00',
  '/%2e%2e/',
  '/a#b',
  'a',
  'http://',
  'http://a/',
  'https://127.0.0.1:1/',
  'a.example:443',
  '/\\',
  '/ ',
  `/${';'.repeat(20_000)}%0a`,
  `/${'../'.repeat(5_000)}`,
  `/?${'a&'.repeat(8_000)}`,
  '/slipstream/v1',
  '/slipstream/v1/%zz',
  '/v1',
  '/v1/',
  '/v1/x/../models',
];
export const ODD_METHODS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PRI',
  'QUERY',
  'FOO',
  'get',
  '',
  'G E T',
  'a'.repeat(300),
];
