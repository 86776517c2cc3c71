import type { Socket } from 'node:net';
import { answer, type ResponseCase } from './response-case.js';

const OK_HELLO = answer('Content-Length: 5\r\n', 'hello');
const HELLO = { status: 200, content: 'hello' };
const head = (name: string, text: string, more: Partial<ResponseCase> = {}): ResponseCase => ({
  name,
  rule: '4',
  answer: text,
  then: 'finish',
  mayBreak: true,
  ...more,
});
const line = (text: string, more: Partial<ResponseCase> = {}): ResponseCase =>
  head(`status line ${JSON.stringify(text)}`, answer('Content-Length: 5\r\n', 'hello', text), more);
const field = (text: string, more: Partial<ResponseCase> = {}): ResponseCase =>
  head(`field ${JSON.stringify(text)}`, answer(`${text}\r\nContent-Length: 5\r\n`, 'hello'), { rule: '5', ...more });
const passed = (text: string, name: string, value: string | null): ResponseCase =>
  field(text, { mayBreak: false, whole: { ...HELLO, fields: { [name]: value } } });

/** Writes for as long as somebody reads. */
const endless =
  (piece: string) =>
  (connection: Socket): void => {
    const more = (): void => {
      while (!connection.destroyed && connection.write(piece, 'latin1'));
    };
    connection.on('drain', more);
    more();
  };

const interim = (status: string, count = 1): string => `HTTP/1.1 ${status}\r\nX-Interim: 1\r\n\r\n`.repeat(count);

/** Status lines, fields, interim answers, and what is no answer at all. */
export const ANSWER_HEAD_CASES: readonly ResponseCase[] = [
  head('nothing, and the end', ''),
  head('nothing, and a reset', '', { then: 'reset' }),
  head('nothing, and silence', '', { then: 'keep', rule: 'RFC 9110 15.6.5' }),
  head('half a head, and the end', 'HTTP/1.1 200 OK\r\nContent-Le'),
  head('half a head, and a reset', 'HTTP/1.1 200 OK\r\nContent-Le', { then: 'reset' }),
  head('half a head, and silence', 'HTTP/1.1 200 OK\r\nContent-Le', { then: 'keep' }),
  head('garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  head('garbage with lines', 'hello\r\n\r\nworld\r\n\r\n'),
  head('a page of HTTP/0.9', '<html>hello</html>'),
  head('a request', 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'),
  head('an empty line before it', `\r\n${OK_HELLO}`, { whole: HELLO, rule: '2.2' }),
  head('a letter before it', `X${OK_HELLO}`),
  line('HTTP/1.1 200', { whole: HELLO }),
  line('HTTP/1.1 200 ', { whole: HELLO }),
  line('HTTP/1.1 299 caf\xe9', { whole: { status: 299, content: 'hello' } }),
  line('HTTP/1.1 200 a\x01b', { whole: HELLO }),
  line('HTTP/1.1 200 a\x00b', { whole: HELLO }),
  line('HTTP/1.1 200 a\rb', { whole: HELLO }),
  line('HTTP/1.1  200 OK', { whole: HELLO }),
  line('HTTP/1.1\t200 OK'),
  line('HTTP/1.1 20 OK'),
  line('HTTP/1.1 2000 OK'),
  line('HTTP/1.1 099 OK'),
  line('HTTP/1.1 000 OK'),
  line('HTTP/1.1 600 OK', { whole: { status: 600, content: 'hello' } }),
  line('HTTP/1.1 999 OK', { whole: { status: 999, content: 'hello' } }),
  line('HTTP/1.1 abc OK'),
  line('HTTP/1.1 -200 OK'),
  line('HTTP/1.1 2e2 OK'),
  line('HTTP/2.0 200 OK', { whole: HELLO }),
  line('HTTP/0.9 200 OK', { whole: HELLO }),
  line('HTTP/1.2 200 OK', { whole: HELLO }),
  line('HTTP/3 200 OK'),
  line('http/1.1 200 OK'),
  line('ICY 200 OK'),
  line('HTTP/1.1200 OK'),
  passed('X: a\tb', 'x', 'a\tb'),
  passed('X: caf\xe9 \xff', 'x', 'caf\xe9 \xff'),
  passed('X:', 'x', ''),
  passed('Connection: X, keep-alive\r\nX: secret', 'x', null),
  passed('Keep-Alive: timeout=1234', 'x-keep-alive', null),
  passed('Upgrade: h2c', 'upgrade', null),
  passed('Proxy-Connection: close', 'proxy-connection', null),
  passed('Connection: Content-Length', 'x', null),
  field('X: a\r\n b', { whole: HELLO, rule: '5.2' }),
  field('X: a\r\n\tb', { whole: HELLO, rule: '5.2' }),
  field('X: a\x00b'),
  field('X: a\x01b'),
  field('X: a\x0bb'),
  field('X: a\x7fb'),
  field('X: a\rb'),
  field('X: a\rSet-Cookie: b=c'),
  field('X: a\nY: b', { whole: { ...HELLO, fields: { x: 'a', y: 'b' } }, rule: '2.2' }),
  field('X : a', { whole: { ...HELLO, fields: { x: 'a' } }, rule: '5.1' }),
  field('X Y: a'),
  field(': a'),
  field('no colon'),
  field('X(: a'),
  field('X\x00: a'),
  field('X\xe9: a'),
  head('a field with a space before it, first', 'HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 5\r\n\r\nhello', {
    rule: '2.2',
    whole: { ...HELLO, fields: { x: null } },
  }),
  head('nothing but line feeds', OK_HELLO.replaceAll('\r', ''), { rule: '2.2', whole: HELLO }),
  head('nothing but returns', OK_HELLO.replaceAll('\n', ''), { rule: '2.2' }),
  head('a field of 100 kB', answer(`X: ${'x'.repeat(100_000)}\r\nContent-Length: 5\r\n`, 'hello'), {
    rule: 'RFC 9110 5.4',
  }),
  {
    name: 'fields without end',
    rule: 'RFC 9110 5.4',
    answer: (connection) => (connection.write('HTTP/1.1 200 OK\r\n'), endless('X: x\r\n'.repeat(1000))(connection)),
    mayBreak: true,
  },
  {
    name: 'a field without end',
    rule: 'RFC 9110 5.4',
    answer: (connection) => (connection.write('HTTP/1.1 200 OK\r\nX: '), endless('x'.repeat(10_000))(connection)),
    mayBreak: true,
  },
  {
    name: 'a status line without end',
    rule: '4',
    answer: (connection) => (connection.write('HTTP/1.1 200 '), endless('x'.repeat(10_000))(connection)),
    mayBreak: true,
  },
  head('100 before it', interim('100 Continue') + OK_HELLO, { mayBreak: false, whole: HELLO, rule: 'RFC 9110 15.2' }),
  head('103 before it', interim('103 Early Hints') + OK_HELLO, {
    mayBreak: false,
    whole: { ...HELLO, fields: { 'x-interim': null } },
    rule: 'RFC 9110 15.2',
  }),
  head(
    '102, 103 and 199 before it',
    interim('102 Processing') + interim('103 Early Hints') + interim('199 x') + OK_HELLO,
    { mayBreak: false, whole: HELLO, rule: 'RFC 9110 15.2' },
  ),
  head('a thousand interim answers before it', interim('103 Early Hints', 1000) + OK_HELLO, {
    whole: HELLO,
    rule: 'RFC 9110 15.2',
  }),
  {
    name: 'interim answers without end',
    rule: 'RFC 9110 15.2',
    answer: endless(interim('102 Processing', 500)),
    mayBreak: true,
  },
  head('only an interim answer, and the end', interim('103 Early Hints'), { rule: 'RFC 9110 15.2' }),
  head('only an interim answer, and silence', interim('103 Early Hints'), { then: 'keep', rule: 'RFC 9110 15.2' }),
  head(
    '101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw',
    { then: 'keep', rule: 'RFC 9110 15.2.2' },
  ),
  head(
    '101 to another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nraw',
    { then: 'keep', rule: 'RFC 9110 15.2.2' },
  ),
  head('101 without Upgrade, and an answer', `HTTP/1.1 101 Switching Protocols\r\n\r\n${OK_HELLO}`, {
    then: 'keep',
    rule: 'RFC 9110 15.2.2',
  }),
];
