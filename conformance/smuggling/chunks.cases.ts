import { CUT, forwarded, post, REFUSED, type Expectation, type RequestCase } from './request-case.js';

const HELLO = forwarded({ method: 'POST', target: '/case', content: 'hello' });
/** The answer to content that some server can't hold (RFC 9110 section 15.5.14). */
const TOO_LARGE: Expectation = { refused: [400, 413, 431, CUT] };

const chunks = (name: string, content: string, expected: Expectation = REFUSED, rule = '7.1'): RequestCase => ({
  name,
  rule,
  bytes: post('Transfer-Encoding: chunked\r\n', content),
  expected,
});

const size = (text: string, expected: Expectation = REFUSED): RequestCase =>
  chunks(`size ${JSON.stringify(text)}`, `${text}\r\nhello\r\n0\r\n\r\n`, expected);

/** The ends of chunks, and what stands beside and behind them. */
export const CHUNK_CASES: readonly RequestCase[] = [
  size('5', HELLO),
  size('00005', HELLO),
  size('0x5'),
  size('5x'),
  size(' 5'),
  size('5 ', { ...REFUSED, ...HELLO }),
  size('\t5'),
  size('+5'),
  size('-5'),
  size('5_'),
  size('5,'),
  size('g'),
  size(''),
  size('\x005'),
  size('5\x00'),
  size('\xb2'),
  size('10000000000000005', TOO_LARGE),
  size(`${'0'.repeat(5000)}5`, { ...TOO_LARGE, ...HELLO }),
  chunks('an extension', '5;a=1\r\nhello\r\n0;b\r\n\r\n', HELLO, '7.1.1'),
  chunks('a quoted extension', '5;a="1;2"\r\nhello\r\n0\r\n\r\n', HELLO, '7.1.1'),
  chunks('an extension with a line feed (TERM.EXT)', '5;a\nhello\r\n0\r\n\r\n', REFUSED, '7.1.1'),
  chunks('an extension with a return', '5;a\rb\r\nhello\r\n0\r\n\r\n', REFUSED, '7.1.1'),
  chunks('an extension with a NUL', '5;a\x00\r\nhello\r\n0\r\n\r\n', REFUSED, '7.1.1'),
  chunks(
    'a quoted extension with a whole end in it',
    '5;a="\r\nhello\r\n0\r\n\r\n"\r\nhello\r\n0\r\n\r\n',
    REFUSED,
    '7.1.1',
  ),
  chunks('an extension without a semicolon', '5 a=1\r\nhello\r\n0\r\n\r\n', REFUSED, '7.1.1'),
  chunks('an extension of 100 kB', `5;a=${'a'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`, TOO_LARGE, '7.1.1'),
  chunks('a line feed ends the size', '5\nhello\r\n0\r\n\r\n'),
  chunks('a return ends the size', '5\rhello\r\n0\r\n\r\n'),
  chunks('a line feed ends the content', '5\r\nhello\n0\r\n\r\n'),
  chunks('a return ends the content', '5\r\nhello\r0\r\n\r\n'),
  chunks('nothing ends the content', '5\r\nhello0\r\n\r\n'),
  chunks('any two characters end the content', '5\r\nhelloXX0\r\n\r\n'),
  chunks('longer than its size', '5\r\nhello, world\r\n0\r\n\r\n'),
  chunks('two returns', '5\r\r\nhello\r\n0\r\n\r\n'),
  chunks('line feeds end the last chunk', '5\r\nhello\r\n0\n\n'),
  chunks('a line feed ends the trailers', '5\r\nhello\r\n0\r\n\n'),
  chunks('a return ends the trailers', '5\r\nhello\r\n0\r\n\r\rX'),
  chunks('a last chunk of many zeros', '5\r\nhello\r\n0000\r\n\r\n', HELLO),
  chunks(
    'a trailer',
    '5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n',
    forwarded({ content: 'hello', fields: { 'x-trailer': null } }),
    '7.1.2',
  ),
  chunks(
    'a trailer that frames',
    '5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n',
    { ...REFUSED, ...forwarded({ content: 'hello' }) },
    'RFC 9110 6.5.1',
  ),
  chunks(
    'a trailer that routes',
    '5\r\nhello\r\n0\r\nHost: b.example\r\n\r\n',
    { ...REFUSED, ...forwarded({ content: 'hello', fields: { host: 'a.example' } }) },
    'RFC 9110 6.5.1',
  ),
  chunks(
    'a trailer that identifies',
    '5\r\nhello\r\n0\r\nX-OpenWebUI-User-Email: admin@example\r\n\r\n',
    { ...REFUSED, ...forwarded({ content: 'hello', fields: { 'x-openwebui-user-email': null } }) },
    'RFC 9110 6.5.1',
  ),
  chunks('a trailer without colon', '5\r\nhello\r\n0\r\nGET /hidden HTTP/1.1\r\n\r\n', REFUSED, '7.1.2'),
  chunks('a trailer ended by a line feed', '5\r\nhello\r\n0\r\nX: 1\n\r\n', REFUSED, '7.1.2'),
  chunks('a trailer with a space before its colon', '5\r\nhello\r\n0\r\nX : 1\r\n\r\n', REFUSED, '7.1.2'),
  chunks('a folded trailer', '5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n', { ...REFUSED, ...HELLO }, '5.2'),
  chunks('trailers without end', `5\r\nhello\r\n0\r\n${'X: 1\r\n'.repeat(20_000)}\r\n`, TOO_LARGE, '7.1.2'),
];
