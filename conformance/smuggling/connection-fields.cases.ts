import {
  CHUNKED,
  forwarded,
  get,
  post,
  REFUSED,
  type Expectation,
  type ForwardedRequest,
  type RequestCase,
} from './request-case.js';

/** Sends a field and names it in Connection. */
const named = (
  name: string,
  lines: string,
  fields: NonNullable<ForwardedRequest['fields']>,
  alternative: Expectation = {},
): RequestCase => ({
  name: `Connection: ${name}`,
  rule: 'RFC 9110 7.6.1',
  bytes: get(`Connection: ${name}\r\n${lines}`),
  expected: { ...alternative, ...forwarded({ target: '/case', fields: { connection: null, ...fields } }) },
});

const unswitched = (name: string, lines: string): RequestCase => ({
  name,
  rule: 'RFC 9110 7.8',
  bytes: get(lines),
  expected: forwarded({ target: '/case', fields: { upgrade: null, connection: null } }),
});

const big = 'x'.repeat(100_000);

/** Fields that mean one connection only, those that are named to mean only one, and the upgrade to another protocol. */
export const CONNECTION_CASES: readonly RequestCase[] = [
  named('X-Secret', 'X-Secret: 1\r\n', { 'x-secret': null }),
  named('x-a, X-B ,,\tx-c', 'X-A: 1\r\nX-B: 1\r\nX-C: 1\r\nX-D: 1\r\n', {
    'x-a': null,
    'x-b': null,
    'x-c': null,
    'x-d': '1',
  }),
  named('a\r\nConnection: b', 'A: 1\r\nB: 1\r\n', { a: null, b: null }),
  named('Authorization, Cookie', 'Authorization: Bearer x\r\nCookie: token=x\r\n', {
    authorization: null,
    cookie: null,
  }),
  named('X-Forwarded-For', 'X-Forwarded-For: 10.0.0.1\r\n', { 'x-forwarded-for': '127.0.0.1' }),
  named('X-Forwarded-Host, X-Forwarded-Proto', 'X-Forwarded-Proto: https\r\n', {
    'x-forwarded-host': 'a.example',
    'x-forwarded-proto': 'http',
  }),
  named('Forwarded', 'Forwarded: for=10.0.0.1\r\n', { forwarded: 'for=127.0.0.1;host="a.example";proto=http' }),
  named('Via', '', { via: /^1\.1 slipstream-\w+$/ }),
  named('X-Request-Id', 'X-Request-Id: 1\r\n', { 'x-request-id': /./ }),
  named('Traceparent', '', { traceparent: /./ }),
  named('X-OpenWebUI-User-Email', 'X-OpenWebUI-User-Email: admin@example\r\n', { 'x-openwebui-user-email': null }),
  named('Host', '', { host: 'a.example' }, REFUSED),
  named('close, Host', '', { host: 'a.example' }, REFUSED),
  named('Connection', '', {}),
  named('Upgrade', '', { upgrade: null }),
  named('close', '', {}),
  named('keep-alive', 'Keep-Alive: timeout=5, max=1000\r\n', { 'keep-alive': null }),
  named('Expect', 'Expect: 100-continue\r\n', { expect: null }),
  named('TE', 'TE: trailers, gzip;q=1\r\n', { te: null }),
  named('@@, "x", =', '', {}, REFUSED),
  {
    name: 'fields of one connection that nobody names',
    rule: 'RFC 9110 7.6.1',
    bytes: get(
      'Proxy-Connection: keep-alive\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Authorization: Basic ' +
        'eDp5\r\nTrailer: X\r\n',
    ),
    expected: forwarded({
      fields: { 'proxy-connection': null, 'keep-alive': null, te: null, 'proxy-authorization': null, trailer: null },
    }),
  },
  {
    name: 'claims that only a trusted peer may make',
    rule: 'RFC 7239 8.1',
    bytes: get(
      'X-Forwarded-For: 10.0.0.1\r\nX-FORWARDED-USER: root\r\nX-Real-IP: ' +
        '10.0.0.1\r\nX-OpenWebUI-User-Id: 1\r\nRemote-User: root\r\nX-Slipstream-User: root\r\n',
    ),
    expected: forwarded({
      fields: {
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-user': null,
        'x-real-ip': null,
        'x-openwebui-user-id': null,
        'remote-user': null,
        'x-slipstream-user': null,
      },
    }),
  },
  {
    name: 'the same with underscores, which CGI, WSGI and PHP read as dashes',
    rule: 'RFC 3875 4.1.18',
    bytes: get(
      'X_Forwarded_For: 10.0.0.1\r\nX_OpenWebUI_User_Email: admin@example\r\nX-OpenWebUI_User-Id: ' +
        '1\r\nRemote_User: root\r\n',
    ),
    expected: {
      ...REFUSED,
      ...forwarded({
        fields: { x_forwarded_for: null, x_openwebui_user_email: null, 'x-openwebui_user-id': null, remote_user: null },
      }),
    },
  },
  {
    name: 'Connection: Content-Length',
    rule: 'RFC 9110 7.6.1',
    bytes: post('Connection: Content-Length\r\nContent-Length: 5\r\n', 'hello'),
    expected: { ...REFUSED, ...forwarded({ content: 'hello' }) },
  },
  {
    name: 'Connection: Content-Length, with much content',
    rule: 'RFC 9110 7.6.1',
    bytes: post(`Connection: Content-Length\r\nContent-Length: ${big.length}\r\n`, big),
    expected: { ...REFUSED, ...forwarded({ content: big }) },
  },
  {
    name: 'Connection: Transfer-Encoding',
    rule: 'RFC 9110 7.6.1',
    bytes: post('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n', CHUNKED),
    expected: { ...REFUSED, ...forwarded({ content: 'hello' }) },
  },
  {
    name: 'Connection: Content-Length, in a GET',
    rule: 'RFC 9110 7.6.1',
    bytes: get('Connection: Content-Length\r\nContent-Length: 5\r\n') + 'hello',
    expected: { ...REFUSED, ...forwarded({ content: 'hello' }) },
  },
  named('Upgrade, HTTP2-Settings', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n', {
    upgrade: null,
    'http2-settings': null,
  }),
  unswitched('Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n'),
  unswitched(
    'Upgrade: h2c, with settings that Connection does not name',
    'Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n',
  ),
  unswitched(
    'Upgrade: h2c that Connection does not name',
    'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n',
  ),
  unswitched(
    'Upgrade: H2C',
    'Connection: upgrade, http2-settings\r\nUpgrade: H2C\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n',
  ),
  unswitched('Upgrade: h2c, twice', 'Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: h2c\r\n'),
  unswitched('Upgrade: foo', 'Connection: Upgrade\r\nUpgrade: foo\r\n'),
  unswitched('Upgrade: TLS/1.2', 'Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n'),
  unswitched('Upgrade without a value', 'Connection: Upgrade\r\nUpgrade:\r\n'),
  unswitched(
    'Upgrade: websocket that Connection does not name',
    'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  ),
  unswitched('Upgrade: foo, bar', 'Connection: Upgrade\r\nUpgrade: foo, bar\r\n'),
  unswitched('Upgrade: websocket, h2c', 'Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n'),
  {
    name: 'Upgrade: h2c with content',
    rule: 'RFC 9110 7.8',
    bytes: post(
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 5\r\n',
      'hello',
    ),
    expected: forwarded({ content: 'hello', fields: { upgrade: null, 'http2-settings': null } }),
  },
];
