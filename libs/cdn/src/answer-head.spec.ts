import { describe, expect, it } from 'vitest';
import { CDNManager, type AssetClass } from './index.js';

const IMMUTABLE: AssetClass = { type: 'immutable' };
const PUBLIC: AssetClass = {
  type: 'public',
  ttlMs: 60_000,
  staleWhileRevalidateMs: 600_000,
  staleIfErrorMs: 3_600_000,
};
/** The rule names no time. */
const PLAIN: AssetClass = { type: 'public' };
const YEAR = 'public, max-age=31536000';

const withoutEdge = new CDNManager();
const withEdge = new CDNManager({ hasEdge: true, tagField: 'Surrogate-Key' });

interface Answered {
  statusCode?: number;
  headers?: string[];
  path?: string;
}

function added(
  cdn: CDNManager,
  asset: AssetClass,
  { statusCode = 200, headers = [], path = '/a' }: Answered,
): string[] {
  const head = [...headers];
  cdn.complete({ statusCode, headers: head, path }, asset);
  const more = head.slice(headers.length);
  const cors = more.indexOf('Access-Control-Allow-Origin');
  return cors < 0 ? more : more.toSpliced(cors, 2);
}

describe('Cache-Control', () => {
  it.each([
    [IMMUTABLE, 'text/javascript', '/a.js', `${YEAR}, immutable`],
    [PUBLIC, 'font/ttf', '/a.ttf', 'public, max-age=60, stale-while-revalidate=600'],
    [{ ...PUBLIC, staleWhileRevalidateMs: 0 }, 'font/ttf', '/a.ttf', 'public, max-age=60'],
    [PUBLIC, 'text/html; charset=utf-8', '/', 'no-cache'],
    [PLAIN, 'text/html', '/', 'no-cache'],
    [PLAIN, 'text/css', '/app-B7xK29Qa.css', `${YEAR}, immutable`],
    [PLAIN, 'image/png', '/static/logo.png', YEAR],
    [PLAIN, 'image/png', '/avatars/7.png', 'public, max-age=3600'], // it may change, so it never gets a year
    [PLAIN, 'application/json', '/api/version', 'no-cache'],
  ] satisfies [AssetClass, string, string, string][])(
    'of class %j and type %s at %s is %s',
    (asset, type, path, value) =>
      expect(added(withoutEdge, asset, { headers: ['Content-Type', type], path })).toEqual(['Cache-Control', value]),
  );

  it.each([
    ['cache-control', 'no-store'],
    ['Cache-Control', 'max-age=1'],
    ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['Set-Cookie', 'a=1'],
  ])('is not added beside %s: %s, with or without a network', (...field) => {
    for (const cdn of [withoutEdge, withEdge])
      expect(added(cdn, IMMUTABLE, { headers: ['content-type', 'text/css', ...field] })).toEqual([]);
  });

  it.each([404, 301, 500])('is not added to a %i', (statusCode) =>
    expect(added(withEdge, IMMUTABLE, { statusCode })).toEqual([]),
  );
});

describe('CDN-Cache-Control', () => {
  const edgeOf = (asset: AssetClass, answered: Answered): (string | undefined)[] =>
    added(withEdge, asset, answered).slice(2);

  it.each([
    [IMMUTABLE, 'text/javascript', 'max-age=31536000'],
    [PUBLIC, 'font/ttf', 'max-age=60, stale-while-revalidate=600, stale-if-error=3600'],
    [PUBLIC, 'text/html', 'max-age=60, stale-while-revalidate=600, stale-if-error=3600'],
  ])('of class %j and type %s is %s', (asset, type, value) =>
    expect(edgeOf(asset, { headers: ['Content-Type', type] })).toEqual(['CDN-Cache-Control', value]),
  );

  it('is left to Cache-Control if the rule names no time', () =>
    expect(edgeOf(PLAIN, { headers: ['Content-Type', 'font/ttf'] })).toEqual([]));

  it.each(['CDN-Cache-Control', 'Surrogate-Control'])('of the backend, as %s, is kept', (name) =>
    expect(edgeOf(IMMUTABLE, { headers: [name, 'max-age=7'] })).toEqual([]),
  );

  it.each([
    [[], ['CDN-Cache-Control', 'no-store']],
    [['Cache-Control', 'max-age=1'], []],
    [['expires', '0'], []],
    [['cdn-cache-control', 'max-age=1'], []],
    [['Surrogate-Control', 'max-age=1'], []],
  ])('forbids to guess a lifetime of %j by %j', (headers, more) => {
    const head = [...headers];
    withEdge.forbidGuessing(head);
    expect(head).toEqual([...headers, ...more]);
  });
});

it.each([
  [withEdge, IMMUTABLE, [], '*'],
  [withEdge, IMMUTABLE, ['access-control-allow-origin', 'https://a.example'], 'https://a.example'],
  [withEdge, PUBLIC, [], undefined],
  [withoutEdge, IMMUTABLE, [], undefined],
])(
  'a file may be read by pages of other origins only if it never changes and is at a network',
  (cdn, asset, sent, value) => {
    const headers = [...sent];
    cdn.complete({ statusCode: 200, headers, path: '/a' }, asset);
    const at = headers.findIndex((name) => name.toLowerCase() === 'access-control-allow-origin');
    expect(headers[at + 1]).toBe(at < 0 ? headers[0] : value);
    expect(at < 0).toBe(value === undefined);
  },
);

describe('tags', () => {
  const tags = ['models', 'models:?', 'chat:42', 'two words', 'a,b', '100%', 'ü'];

  it.each([
    ['Surrogate-Key', 'models chat:42 two%20words a%2Cb 100%25 %C3%BC'],
    ['Cache-Tag', 'models,chat:42,two%20words,a%2Cb,100%25,%C3%BC'],
  ] as const)('are in %s', (tagField, value) => {
    const head = added(new CDNManager({ hasEdge: true, tagField }), { ...IMMUTABLE, tags }, {});
    expect(head.slice(-2)).toEqual([tagField, value]);
  });

  it('are on an answer with its own Cache-Control too', () =>
    expect(added(withEdge, { ...PUBLIC, tags }, { headers: ['Cache-Control', 'max-age=1'] })[0]).toBe('Surrogate-Key'));

  it.each([[withoutEdge, tags] as const, [withEdge, ['models:?']] as const])(
    'are left out if there are none',
    (cdn, of) => expect(added(cdn, { ...IMMUTABLE, tags: of }, {})).not.toContain('Surrogate-Key'),
  );
});
