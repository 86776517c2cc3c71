import { describe, expect, it } from 'vitest';
import { upstreamHeaders } from './upstream-headers.js';

const names = { pseudonym: 'slipstream-1' };
const ids = { requestId: 'r-1', traceparent: '00-ours-1-01' };
const client = { address: '10.0.0.9', isEncrypted: false, isTrusted: false, httpVersion: '1.1' as const };

function seen(...raw: string[]): Record<string, string> {
  const headers = upstreamHeaders(['Host', 'chat.example', ...raw], client, ids, names);
  return Object.fromEntries(
    headers.flatMap((name, index) => (index % 2 ? [] : [[name.toLowerCase(), headers[index + 1]!]])),
  );
}

describe('upstreamHeaders', () => {
  it('says where the request came from, and through whom', () => {
    expect(seen()).toMatchObject({
      host: 'chat.example',
      via: '1.1 slipstream-1',
      'x-forwarded-for': '10.0.0.9',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'chat.example',
      forwarded: 'for=10.0.0.9;host="chat.example";proto=http',
    });
    expect(
      upstreamHeaders(
        [],
        { address: '::1', isEncrypted: true, isTrusted: false, httpVersion: '1.1' as const },
        ids,
        names,
      ),
    ).toContain('for="[::1]";host="";proto=https');
  });

  it.each([
    ['X-OpenWebUI-User-Email', 'admin@example'],
    ['X-Forwarded-For', '1.2.3.4'],
    ['X-Forwarded-Email', 'admin@example'],
    ['Forwarded', 'for=1.2.3.4'],
    ['X-Real-IP', '1.2.3.4'],
    ['Remote-User', 'admin'],
    ['X-Slipstream-User', 'admin'],
    ['Authorization', 'Bearer slip_secret'],
    ['X-Remote-User', 'admin'],
    ['X-Authentik-Email', 'admin@example'],
    ['X-Request-Id', 'theirs'],
    ['traceparent', '00-theirs-1-01'],
    ['Expect', '100-continue'],
    ['Keep-Alive', 'timeout=5'],
    ['TE', 'trailers'],
    ['X_OpenWebUI_User-Email', 'admin@example'],
    ['X_Slipstream_Key', 'slip_secret'],
    ['Transfer_Encoding', 'chunked'],
    ['Content_Length', '77'],
  ])("a client can't say %s", (name, value) => {
    expect(Object.values(seen(name, value))).not.toContain(value);
  });

  it('keeps a Host that is named in Connection, and other fields with underscores', () => {
    expect(seen('Connection', 'Host', 'api_key', '1')).toMatchObject({ host: 'chat.example', api_key: '1' });
  });

  it('carries the ids of the request', () => {
    expect(seen()).toMatchObject({ 'x-request-id': 'r-1', traceparent: '00-ours-1-01' });
  });

  it('keeps order and repetitions, and who else passed it on', () => {
    const headers = upstreamHeaders(['Host', 'a', 'Accept', '1', 'Via', '1.1 cdn', 'Accept', '2'], client, ids, names);
    expect(headers.slice(0, 10)).toEqual([
      'Host',
      'a',
      'Accept',
      '1',
      'Via',
      '1.1 cdn',
      'Accept',
      '2',
      'Via',
      '1.1 slipstream-1',
    ]);
  });

  it("drops what Connection names, and keeps the application's own", () => {
    const headers = seen(
      'Connection',
      'close, X-Secret',
      'X-Secret',
      'a',
      'Authorization',
      'Bearer theirs',
      'Cookie',
      'token=1',
      'X-Custom',
      'b',
    );
    expect(headers).not.toHaveProperty('x-secret');
    expect(headers).toMatchObject({ authorization: 'Bearer theirs', cookie: 'token=1', 'x-custom': 'b' });
  });
});

describe('from a trusted peer', () => {
  const trusted = { ...client, isTrusted: true };
  const seenFrom = (...raw: string[]): string[] =>
    upstreamHeaders(['Host', 'inner', ...raw], trusted, ids, names).slice(2);
  const OURS = ['Via', '1.1 slipstream-1', 'X-Request-Id', 'r-1', 'Traceparent', '00-ours-1-01'];
  const OWN_ELEMENT = 'for=10.0.0.9;host="inner";proto=http';

  it.each<[string, string[], string[]]>([
    [
      'identity and address stay',
      ['X-OpenWebUI-User-Email', 'a@b', 'X-Real-IP', '1.2.3.4', 'X-Forwarded-Port', '443'],
      [
        'X-OpenWebUI-User-Email',
        'a@b',
        'X-Real-IP',
        '1.2.3.4',
        'X-Forwarded-Port',
        '443',
        ...OURS,
        'X-Forwarded-For',
        '10.0.0.9',
        'X-Forwarded-Proto',
        'http',
        'X-Forwarded-Host',
        'inner',
        'Forwarded',
        OWN_ELEMENT,
      ],
    ],
    [
      'X-Forwarded-For goes on, over several fields too',
      ['X-Forwarded-For', '1.1.1.1', 'X-Forwarded-For', '2.2.2.2'],
      [
        ...OURS,
        'X-Forwarded-For',
        '1.1.1.1, 2.2.2.2, 10.0.0.9',
        'X-Forwarded-Proto',
        'http',
        'X-Forwarded-Host',
        'inner',
      ],
    ],
    [
      'Forwarded goes on',
      ['Forwarded', 'for=1.1.1.1'],
      [...OURS, 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'inner', 'Forwarded', `for=1.1.1.1, ${OWN_ELEMENT}`],
    ],
    [
      'protocol and host stay',
      ['X-Forwarded-For', '1.1.1.1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'outer'],
      ['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'outer', ...OURS, 'X-Forwarded-For', '1.1.1.1, 10.0.0.9'],
    ],
    [
      'our own keys go no further',
      ['Authorization', 'Bearer slip_secret', 'X-Slipstream-User', 'ada', 'X-Forwarded-For', '1.1.1.1'],
      [...OURS, 'X-Forwarded-For', '1.1.1.1, 10.0.0.9', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'inner'],
    ],
  ])('%s', (_, raw, expected) => expect(seenFrom(...raw)).toEqual(expected));
});
