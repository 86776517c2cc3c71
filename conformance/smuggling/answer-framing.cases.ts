import { answer, CHUNKED, UNASKED, type ResponseCase } from './response-case.js';

const HELLO = { status: 200, content: 'hello' };
const broken = (name: string, text: string, more: Partial<ResponseCase> = {}): ResponseCase => ({
  name,
  rule: '6.3',
  answer: text,
  then: 'finish',
  mayBreak: true,
  ...more,
});
const chunked = (name: string, content: string, more: Partial<ResponseCase> = {}): ResponseCase =>
  broken(name, answer('Transfer-Encoding: chunked\r\n', content), { rule: '7.1', ...more });
/** An answer whose end is known, and behind it one that nobody asked for. */
const overlong = (name: string, text: string, more: Partial<ResponseCase>): ResponseCase => ({
  name: `${name}, and another answer behind`,
  rule: '6.3, 9.2',
  answer: text + UNASKED,
  mayBreak: true,
  ...more,
});

/** How answers say where they end, and how they don't. */
export const ANSWER_FRAMING_CASES: readonly ResponseCase[] = [
  { name: 'a length', rule: '6.3', answer: answer('Content-Length: 5\r\n', 'hello'), whole: HELLO },
  { name: 'chunks', rule: '6.3', answer: answer('Transfer-Encoding: chunked\r\n', CHUNKED), whole: HELLO },
  {
    name: 'chunks with extensions and a trailer',
    rule: '7.1',
    answer: answer('Transfer-Encoding: chunked\r\nTrailer: X\r\n', '5;a="b"\r\nhello\r\n0\r\nX: 1\r\n\r\n'),
    whole: { ...HELLO, fields: { x: null, trailer: null } },
  },
  { name: 'the end of the connection', rule: '6.3 item 8', answer: answer('', 'hello'), then: 'finish', whole: HELLO },
  {
    name: 'the end of the connection, in HTTP/1.0',
    rule: '6.3 item 8',
    answer: answer('', 'hello', 'HTTP/1.0 200 OK'),
    then: 'finish',
    whole: HELLO,
  },
  {
    name: 'a length in HTTP/1.0',
    rule: '6.3',
    answer: answer('Content-Length: 5\r\n', 'hello', 'HTTP/1.0 200 OK'),
    then: 'finish',
    whole: HELLO,
  },
  broken('a reset in place of the end of the connection', answer('', 'hello'), { then: 'reset', rule: '6.3 item 8' }),
  broken('CL.TE', answer('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', CHUNKED), { whole: HELLO }),
  broken('TE.CL', answer('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', CHUNKED), { whole: HELLO }),
  broken('two lengths that differ', answer('Content-Length: 5\r\nContent-Length: 4\r\n', 'hello')),
  broken('two lengths alike', answer('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), { whole: HELLO }),
  broken('a list of lengths that differ', answer('Content-Length: 5, 4\r\n', 'hello')),
  broken('a list of lengths alike', answer('Content-Length: 5, 5\r\n', 'hello'), { whole: HELLO }),
  ...['-5', '+5', '0x5', '5x', '5.0', '1e1', '', '18446744073709551621', '5 0', '\x005'].map((length) =>
    broken(`Content-Length: ${JSON.stringify(length)}`, answer(`Content-Length: ${length}\r\n`, 'hello')),
  ),
  ...[
    'xchunked',
    'identity',
    'chunked, identity',
    'gzip, chunked',
    'chunked, gzip',
    '"chunked"',
    '\x0bchunked',
    '',
  ].map((coding) =>
    broken(`Transfer-Encoding: ${JSON.stringify(coding)}`, answer(`Transfer-Encoding: ${coding}\r\n`, CHUNKED), {
      rule: '6.1',
    }),
  ),
  broken('Transfer-Encoding with a space before its colon', answer('Transfer-Encoding : chunked\r\n', CHUNKED), {
    rule: '5.1',
  }),
  broken('Transfer-Encoding folded', answer('Transfer-Encoding:\r\n chunked\r\n', CHUNKED), {
    rule: '5.2',
    whole: HELLO,
  }),
  broken('Transfer-Encoding twice', answer('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKED), {
    rule: '6.1',
    whole: HELLO,
  }),
  broken('chunks in HTTP/1.0', answer('Transfer-Encoding: chunked\r\n', CHUNKED, 'HTTP/1.0 200 OK'), {
    rule: '6.1',
    whole: HELLO,
  }),
  broken('less than its length', answer('Content-Length: 6\r\n', 'hello'), { rule: '8' }),
  broken('less than its length, by a reset', answer('Content-Length: 6\r\n', 'hello'), { rule: '8', then: 'reset' }),
  broken('less than its length, and silence', answer('Content-Length: 6\r\n', 'hello'), { rule: '8', then: 'keep' }),
  broken('nothing of its length', answer('Content-Length: 6\r\n', ''), { rule: '8' }),
  broken('a megabyte less than its length', answer('Content-Length: 2000000\r\n', 'x'.repeat(1_000_000)), {
    rule: '8',
  }),
  chunked('no last chunk', '5\r\nhello\r\n', { rule: '8' }),
  chunked('no last chunk, by a reset', '5\r\nhello\r\n', { rule: '8', then: 'reset' }),
  chunked('no last chunk, and silence', '5\r\nhello\r\n', { rule: '8', then: 'keep' }),
  chunked('no end of the trailers', '5\r\nhello\r\n0\r\n', { rule: '8' }),
  chunked('half a chunk', 'a\r\nhello', { rule: '8' }),
  chunked('no chunk at all', '', { rule: '8' }),
  ...['0x5', '-5', '+5', 'g', '', '5 5', ' 5', '10000000000000005', '\x005', '5\n', '5\r'].map((size) =>
    chunked(`chunk size ${JSON.stringify(size)}`, `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  chunked('line feeds only', CHUNKED.replaceAll('\r', '')),
  chunked('a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n'),
  chunked('an extension of 100 kB', `5;${'a'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`, { whole: HELLO }),
  chunked('a trailer without colon', '5\r\nhello\r\n0\r\ntrailer\r\n\r\n'),
  chunked('a trailer with a control character', '5\r\nhello\r\n0\r\nX: a\x01\r\n\r\n', { whole: HELLO }),
  overlong('a length', answer('Content-Length: 5\r\n', 'hello'), { whole: HELLO }),
  overlong('a length of zero', answer('Content-Length: 0\r\n', ''), { whole: { status: 200, content: '' } }),
  overlong('chunks', answer('Transfer-Encoding: chunked\r\n', CHUNKED), { whole: HELLO }),
  overlong('204', answer('', '', 'HTTP/1.1 204 No Content'), { whole: { status: 204, content: '' } }),
  overlong('204 with a length', answer('Content-Length: 6\r\n', '', 'HTTP/1.1 204 No Content'), {
    whole: { status: 204, content: '' },
  }),
  overlong('204 in chunks', answer('Transfer-Encoding: chunked\r\n', '', 'HTTP/1.1 204 No Content'), {
    whole: { status: 204, content: '' },
  }),
  overlong('205', answer('Content-Length: 0\r\n', '', 'HTTP/1.1 205 Reset Content'), {
    whole: { status: 205, content: '' },
  }),
  overlong('304', answer('', '', 'HTTP/1.1 304 Not Modified'), { whole: { status: 304, content: '' } }),
  overlong('304 with a length', answer('Content-Length: 77\r\n', '', 'HTTP/1.1 304 Not Modified'), {
    whole: { status: 304, content: '' },
  }),
  overlong('the answer to HEAD', answer('Content-Length: 77\r\n', ''), {
    method: 'HEAD',
    whole: { status: 200, content: '' },
  }),
  overlong('the answer to HEAD, in chunks', answer('Transfer-Encoding: chunked\r\n', ''), {
    method: 'HEAD',
    whole: { status: 200, content: '' },
  }),
  overlong('the answer to HEAD, without a length', answer('', ''), {
    method: 'HEAD',
    whole: { status: 200, content: '' },
  }),
  {
    name: 'content of 204',
    rule: '6.3 item 1',
    answer: answer('Content-Length: 5\r\n', 'hello', 'HTTP/1.1 204 No Content'),
    mayBreak: true,
    whole: { status: 204, content: '' },
  },
  {
    name: 'content of 304',
    rule: '6.3 item 1',
    answer: answer('Content-Length: 5\r\n', 'hello', 'HTTP/1.1 304 Not Modified'),
    mayBreak: true,
    whole: { status: 304, content: '' },
  },
  {
    name: 'content of HEAD',
    rule: '6.3 item 1',
    method: 'HEAD',
    answer: answer('Content-Length: 5\r\n', 'hello'),
    mayBreak: true,
    whole: { status: 200, content: '' },
  },
  {
    name: 'content of HEAD, in chunks',
    rule: '6.3 item 1',
    method: 'HEAD',
    answer: answer('Transfer-Encoding: chunked\r\n', CHUNKED),
    mayBreak: true,
    whole: { status: 200, content: '' },
  },
];
