import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldPolicy } from '@slipstream/http';
import { FIELD_TABLE, KINDS, type FieldKind } from '@slipstream/http/testing';
import { PolicyBench, ROUTES, type RouteName } from './testing/policy-bench.js';

/** Fields that the client of a test needs itself, or that would change what it asks. */
const NOT_SENT = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'http2-settings',
  'x-request-id',
]);
const isSent = (name: string): boolean => !NOT_SENT.has(name) && !name.startsWith('sec-websocket-');

/** One name for each word of the table. */
const LISTED = FIELD_TABLE.flatMap(({ names }) => names.trim().split(/\s+/))
  .map((name) => name.replace('*', 'any'))
  .filter(isSent);
/** Names that no row has. */
const UNLISTED = ['x-next-uri', 'x-vendor-real-ip', 'x-path-override', 'x-acme-token', 'x-acme-user', 'x-acme-version'];

const SPELLINGS: Readonly<Record<string, (name: string) => string>> = {
  'as listed': (name) => name,
  'in capitals': (name) => name.toUpperCase(),
  'with underscores': (name) => name.replaceAll('-', '_'),
  'with one underscore': (name) => name.replace('-', '_'),
  'with a dot': (name) => name.replace('-', '.'),
};

/** Kinds whose fields never reach a model server, which may be another company's. */
const NOT_FOR_MODELS: ReadonlySet<FieldKind> = new Set(['address', 'origin', 'override']);
const NAMES_NOT_FOR_MODELS = /^(?:origin|referer|sec-fetch-.*|access-control-request-(?:headers|method))$/;

/** What the policy promises, written down again from its prose. */
function isExpected(name: string, written: string, route: RouteName, isTrusted: boolean): boolean {
  const { kind, isListed } = fieldPolicy(name);
  const isDisguised = isListed && written.toLowerCase() !== name && kind !== 'credential' && !name.startsWith('oidc-');
  if (isDisguised || KINDS[kind].travels === 'never') return false;
  if (KINDS[kind].travels === 'from-trusted-peers' && !isTrusted) return false;
  if (route !== '/v1') return true;
  return !NOT_FOR_MODELS.has(kind) && !NAMES_NOT_FOR_MODELS.test(name) && !(kind === 'credential' && isListed);
}

/** As many as a head over HTTP/2 has room for. */
const chunks = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / 60) }, (_, i) => names.slice(60 * i, 60 * i + 60));
const valueFor = (name: string, i: number): string => (name === 'cookie' ? `a=marker-${i}-` : `marker-${i}-`);

describe.each([false, true])('with a peer that is trusted: %s', (isTrusted) => {
  let bench: PolicyBench;
  beforeAll(async () => void (bench = await PolicyBench.start({ isTrusted })));
  afterAll(() => bench.close());

  describe.each(ROUTES)('%s', (route) => {
    it.each(Object.entries(SPELLINGS))(
      'passes on what the policy lets travel, and nothing else: fields %s',
      async (_, spell) => {
        for (const names of chunks([...LISTED, ...UNLISTED])) {
          const written = names.map(spell);
          const seen = (
            await bench.fieldsAtBackend(
              route,
              written.flatMap((name, i) => [name, valueFor(names[i]!, i)]),
            )
          ).join('\n');
          expect(seen).not.toBe('');
          const wrong = names.filter(
            (name, i) => seen.includes(`marker-${i}-`) !== isExpected(name, written[i]!, route, isTrusted),
          );
          expect(wrong).toEqual([]);
        }
      },
    );
  });
});

describe('of a stranger', () => {
  let bench: PolicyBench;
  beforeAll(async () => void (bench = await PolicyBench.start()));
  afterAll(() => bench.close());

  const FORGED = [
    'X-Forwarded-For',
    'Forwarded',
    'X-Forwarded-Host',
    'X-Forwarded-Port',
    'X-Real-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'X-Client-IP',
    'Remote-User',
    'X-Remote-User',
    'X-Auth-Request-Email',
    'X-User-Email',
    'X-OpenWebUI-User-Email',
    'CF-Access-Jwt-Assertion',
    'X-Slipstream-User',
    'X-Original-URL',
    'X-Original-Path',
    'X-Rewrite-URL',
    'X-Rewrite-Uri',
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
    'X-Script-Name',
    'X-Scheme',
    'Front-End-Https',
    'X-Host',
    'X-Forwarded-Prefix',
    'Proxy',
    'Proxy-Authorization',
  ];

  it.each(ROUTES)('no forged field reaches the backend: %s', async (route) => {
    for (const spell of [(name: string) => name, (name: string) => name.replaceAll('-', '_')]) {
      const seen = await bench.fieldsAtBackend(
        route,
        FORGED.flatMap((name) => [spell(name), 'forged-value']),
      );
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((text) => text.includes('forged-value'))).toEqual([]);
    }
  });

  const KEY = 'slip_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
  const basic = Buffer.from(`ada:${KEY}`).toString('base64');
  it.each(ROUTES)('a key of ours reaches the backend in no field: %s', async (route) => {
    const values = [
      ['Authorization', `Bearer ${KEY}`],
      ['Authorization', `bearer\t${KEY}`],
      ['Authorization', `Bearer  ${KEY}`],
      ['Authorization', KEY],
      ['Authorization', `Basic ${basic}`],
    ];
    values.push(
      ['X-Api-Key', KEY],
      ['api_key', KEY],
      ['Proxy-Authorization', `Bearer ${KEY}`],
      ['Referer', `https://chat.example/?key=${KEY}`],
      ['X-Acme', `a%20${KEY}`],
      ['User-Agent', `x (${KEY})`],
    );
    values.push(['Cookie', `theme=dark; key=${KEY}; lang=en`], ['Cookie', `"${KEY}"`]);
    for (const field of values) {
      const seen = (await bench.fieldsAtBackend(route, field)).join('\n');
      expect(seen).not.toBe('');
      expect(seen).not.toContain(KEY);
      expect(seen).not.toContain(basic);
      if (field[1]!.startsWith('theme=') && route !== '/v1') expect(seen).toContain('theme=dark; lang=en');
    }
  });

  it('a key of ours in a query is refused, however it is written', async () => {
    const before = bench.requests;
    for (const target of [
      `/page?key=${KEY}`,
      `/page?key=${KEY.replace('_', '%5F')}`,
      `/v1/models?a=1&k=Bearer%20${KEY}`,
    ])
      expect(await bench.head(target)).toMatch(/^HTTP\/1\.1 400 [^]*"key_in_url"/);
    expect(bench.requests).toBe(before);
    expect(await bench.head('/page?q=slip_on_shoes')).toMatch(/^HTTP\/1\.1 200 /);
  });
});
