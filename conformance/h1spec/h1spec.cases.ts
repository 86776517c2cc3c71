/** One case: what is sent, and what a server may do. */
export interface H1Case {
  name: string;
  bytes: string;
  expected: Waits | Answers;
}

/** The request is not complete, so the server waits; given the rest, it answers. */
interface Waits {
  rest: string;
}

interface Answers {
  /** Each from and to, both included. */
  statuses: readonly (readonly [number, number])[];
  /** What a 200 brings. */
  content?: string;
  /** Whether no other request can follow: the server can't know where it would begin. */
  closes: boolean;
}

const WHOLE = 'GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** The request up to and with this text. */
const upTo = (text: string): Pick<H1Case, 'bytes' | 'expected'> => {
  const end = WHOLE.indexOf(text) + text.length;
  return { bytes: WHOLE.slice(0, end), expected: { rest: WHOLE.slice(end) } };
};

const OK: Answers = { statuses: [[200, 299]], closes: false };
const REFUSED: Answers = { statuses: [[400, 499]], closes: true };
const REFUSED_OR_UNKNOWN: Answers = { statuses: [[400, 599]], closes: true };

const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: example.com\r\n${fields}\r\n`;
const post = (fields: string, content: string): string =>
  `POST / HTTP/1.1\r\nHost: example.com\r\n${fields}\r\n${content}`;

/**
 * The 33 cases of h1spec (https://github.com/uNetworking/h1spec), told anew: same requests in substance, same verdicts.
 * Two things are stricter here: an interrupted request has to be answered once its rest is there, and a refusal has to
 * close the connection.
 */
export const H1_CASES: readonly H1Case[] = [
  { name: 'stops within the method', ...upTo('G') },
  { name: 'stops after the method', ...upTo('GET ') },
  { name: 'stops within the target', ...upTo('GET /hello') },
  { name: 'stops after the target', ...upTo('/hello ') },
  { name: 'stops within the version', ...upTo('HTTP') },
  { name: 'stops after the version', ...upTo('HTTP/1.1') },
  { name: "stops within the request line's end", ...upTo('HTTP/1.1\r') },
  { name: 'stops after the request line', ...upTo('HTTP/1.1\r\n') },
  { name: 'stops within a field name', ...upTo('Hos') },
  { name: 'stops after a field name', ...upTo('Host:') },
  { name: 'stops before a field value', ...upTo('Host: ') },
  { name: 'stops after a field value', ...upTo('localhost') },
  { name: "stops within a field's end", ...upTo('localhost\r') },
  { name: 'stops after a field', ...upTo('localhost\r\n') },
  { name: 'stops within the end of the head', ...upTo('localhost\r\n\r') },
  { name: 'no version', bytes: 'GET / \r\n\r\n', expected: REFUSED_OR_UNKNOWN },
  {
    name: 'Expect: 100-continue',
    bytes: get('Expect: 100-continue\r\n'),
    expected: {
      statuses: [
        [100, 100],
        [200, 299],
      ],
      closes: false,
    },
  },
  { name: 'a plain request', bytes: get(''), expected: OK },
  {
    name: 'field names in any case, a tab before a value, an empty field',
    bytes: 'GET / HTTP/1.1\r\nhoSt:\texample.com\r\nempty:\r\n\r\n',
    expected: OK,
  },
  { name: 'brackets in a field name', bytes: get('X-Invalid[]: test\r\n'), expected: REFUSED },
  { name: 'no Host', bytes: 'GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n', expected: REFUSED },
  { name: 'two Hosts', bytes: get('Host: example.org\r\n'), expected: REFUSED },
  {
    name: 'a negative Content-Length too long for any number',
    bytes: get('Content-Length: -123456789123456789123456789\r\n'),
    expected: REFUSED,
  },
  { name: 'a negative Content-Length', bytes: get('Content-Length: -1234\r\n'), expected: REFUSED },
  { name: 'a Content-Length of letters', bytes: get('Content-Length: abc\r\n'), expected: REFUSED },
  { name: 'a field with only a space', bytes: get('X-Empty-Header: \r\n'), expected: OK },
  { name: 'a control character in a field', bytes: get('X-Bad-Control-Char: test\x07\r\n'), expected: REFUSED },
  {
    name: 'a version that is none',
    bytes: 'GET / HTTP/9.9\r\nHost: example.com\r\n\r\n',
    expected: REFUSED_OR_UNKNOWN,
  },
  { name: 'words before the method', bytes: `Extra line${get('')}`, expected: REFUSED_OR_UNKNOWN },
  { name: 'a return without its line feed before a field', bytes: get('\rSome-Header: Test\r\n'), expected: REFUSED },
  {
    name: 'content with its length',
    bytes: post('Content-Length: 5\r\n', 'hello'),
    expected: {
      ...OK,
      statuses: [
        [200, 299],
        [404, 404],
      ],
      content: 'hello',
    },
  },
  {
    name: 'content in chunks',
    bytes: post('Transfer-Encoding: chunked\r\n', 'c\r\nHellO world1\r\n0\r\n\r\n'),
    expected: { ...OK, content: 'HellO world1' },
  },
  {
    name: 'Content-Length and Transfer-Encoding, in odd case',
    bytes: post('content-LengtH: 5\r\nTransFer-Encoding: chunked\r\n', 'c\r\nHellO world1\r\n0\r\n\r\n'),
    expected: {
      statuses: [
        [200, 299],
        [400, 499],
      ],
      content: 'HellO world1',
      closes: true,
    },
  },
];
