import { describe, expect, it } from 'vitest';
import { endToEndHeaders } from './end-to-end-headers.js';
import { stripOwnCredentials } from './own-credentials.js';

describe('endToEndHeaders', () => {
  it.each([
    ['keeps what is for the other end, order and repetitions included', ['Set-Cookie', 'a=1', 'ETag', '"x"', 'Set-Cookie', 'b=2'], ['Set-Cookie', 'a=1', 'ETag', '"x"', 'Set-Cookie', 'b=2']],
    ['drops what means one connection, in any case', ['CONNECTION', 'close', 'keep-alive', 'timeout=5', 'Te', 'trailers', 'Transfer-Encoding', 'chunked', 'Upgrade', 'h2c', 'Proxy-Connection', 'x', 'Trailer', 'y', 'A', '1'], ['A', '1']],
    ['drops credentials for a proxy', ['Proxy-Authorization', 'Basic x', 'Proxy-Authenticate', 'Basic', 'Authorization', 'Basic y'], ['Authorization', 'Basic y']],
    ['drops what Connection names', ['Connection', 'close , X-Hop,,HTTP2-Settings', 'x-hop', '1', 'HTTP2-Settings', 'AAM', 'X-Hopper', '2'], ['X-Hopper', '2']],
    ['reads every Connection field', ['Connection', 'a', 'A', '1', 'B', '2', 'connection', 'b'], []],
    ['keeps empty values', ['X-Empty', ''], ['X-Empty', '']],
  ])('%s', (_, headers, expected) => {
    expect(endToEndHeaders(headers)).toEqual(expected);
  });
});

describe('stripOwnCredentials', () => {
  it.each([
    ['a key of this house', ['Authorization', 'Bearer slip_abc'], []],
    ['however it is written', ['authorization', 'bEARER   slip_abc'], []],
    ['and what is addressed to it', ['X-Slipstream-User', 'ann', 'x-slipstream-anything', '1'], []],
    ["but not the application's own token", ['Authorization', 'Bearer eyJ.slip_'], ['Authorization', 'Bearer eyJ.slip_']],
    ['nor another scheme', ['Authorization', 'Basic slip_'], ['Authorization', 'Basic slip_']],
    ['nor other fields', ['X-Slip', '1', 'Cookie', 'token=1'], ['X-Slip', '1', 'Cookie', 'token=1']],
  ])('drops %s', (_, headers, expected) => {
    expect(stripOwnCredentials(headers)).toEqual(expected);
  });
});
