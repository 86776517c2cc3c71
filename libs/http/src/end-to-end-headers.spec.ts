import { describe, expect, it } from 'vitest';
import { endToEndHeaders } from './end-to-end-headers.js';

describe('endToEndHeaders', () => {
  it.each([
    [
      'keeps what is for the other end, order and repetitions included',
      ['Set-Cookie', 'a=1', 'ETag', '"x"', 'Set-Cookie', 'b=2'],
      ['Set-Cookie', 'a=1', 'ETag', '"x"', 'Set-Cookie', 'b=2'],
    ],
    [
      'drops what means one connection, in any case',
      [
        'CONNECTION',
        'close',
        'keep-alive',
        'timeout=5',
        'Te',
        'trailers',
        'Transfer-Encoding',
        'chunked',
        'Upgrade',
        'h2c',
        'Proxy-Connection',
        'x',
        'Trailer',
        'y',
        'A',
        '1',
      ],
      ['A', '1'],
    ],
    [
      'drops credentials for a proxy',
      ['Proxy-Authorization', 'Basic x', 'Proxy-Authenticate', 'Basic', 'Authorization', 'Basic y'],
      ['Authorization', 'Basic y'],
    ],
    [
      'drops what Connection names',
      ['Connection', 'close , X-Hop,,HTTP2-Settings', 'x-hop', '1', 'HTTP2-Settings', 'AAM', 'X-Hopper', '2'],
      ['X-Hopper', '2'],
    ],
    ['reads every Connection field', ['Connection', 'a', 'A', '1', 'B', '2', 'connection', 'b'], []],
    ['keeps empty values', ['X-Empty', ''], ['X-Empty', '']],
  ])('%s', (_, headers, expected) => {
    expect(endToEndHeaders(headers)).toEqual(expected);
  });
});
