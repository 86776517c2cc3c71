import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Answered } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { Origin } from './testing/origin.js';

/**
 * What a server sees of a field that reads all characters but letters and digits as underscores (RFC 3875 section
 * 4.1.18).
 */
function asCgi({ rawHeaders }: IncomingMessage, order: 'first' | 'last'): string {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && /^x[^a-z0-9]tenant$/i.test(rawHeaders[i - 1] ?? ''));
  return (order === 'first' ? values[0] : values.at(-1)) ?? 'nobody';
}

const SPELLINGS = ['X_Tenant', 'x_tenant', 'X.Tenant', 'X~Tenant', 'X-Tenant'];
const VARY = ['X-Tenant', 'x-tenant', 'X_Tenant', 'Accept, X-Tenant', 'X-Tenant, X_Tenant', 'X.Tenant'];

describe.each(['first', 'last'] as const)(
  'an origin that reads all spellings of a field as one, of which the %s counts',
  (order) => {
    let origin: Origin;
    let proxy: CachingProxy;
    let vary = '';
    beforeEach(async () => {
      origin = await Origin.start((request, response) => {
        response.writeHead(200, { 'Cache-Control': 'public, max-age=60', Vary: vary }).end(asCgi(request, order));
      });
      proxy = await CachingProxy.before(origin);
    });
    afterEach(async () => {
      await proxy?.close();
      origin?.close();
    });

    const askAs = (honest: string | undefined, evil: readonly string[] = [], isFirst = false): Promise<Answered> => {
      const own = honest === undefined ? [] : [['X-Tenant', honest] as const];
      const foreign = evil.map((name) => [name, 'EVIL'] as const);
      return ask(`${proxy.url}/a`, {
        headers: Object.fromEntries(isFirst ? [...foreign, ...own] : [...own, ...foreign]),
      });
    };

    describe.each(VARY)('with Vary: %s', (names) => {
      beforeEach(() => void (vary = names));

      for (const spelling of SPELLINGS) {
        for (const honest of [undefined, 'acme'])
          for (const isFirst of [false, true])
            it(
              `gives no client what ${spelling} selected ${isFirst ? 'before' : 'after'} X-Tenant: ` +
                `${String(honest)}`,
              async () => {
                await askAs(spelling === 'X-Tenant' ? undefined : honest, [spelling], isFirst);
                const expected = honest ?? 'nobody';
                expect((await askAs(honest)).text).toBe(expected);
                const again = await askAs(honest);
                expect([again.text, again.headers['cache-status']]).toEqual([expected, expect.stringContaining('hit')]);
              },
            );
      }

      it('keeps the orders of two spellings apart', async () => {
        const [after, before] = [await askAs('acme', ['X_Tenant']), await askAs('acme', ['X_Tenant'], true)];
        expect(new Set([after.text, before.text])).toEqual(new Set(['acme', 'EVIL']));
      });

      it('revalidates with no validator of what another spelling selected', async () => {
        origin.answer = (request, response) => {
          const [tenant, field] = [asCgi(request, order), request.headers['if-none-match']];
          const headers = { 'Cache-Control': 'public, max-age=0', Vary: names, ETag: '"1"' };
          response.writeHead(field === '"1"' ? 304 : 200, headers).end(field === '"1"' ? undefined : tenant);
        };
        await askAs(undefined, ['X_Tenant']);
        expect((await askAs(undefined)).text).toBe('nobody');
        expect((await askAs(undefined, ['X_Tenant'])).text).toBe('EVIL');
        expect((await askAs(undefined)).text).toBe('nobody');
        expect(origin.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
          undefined,
          undefined,
          '"1"',
          '"1"',
        ]);
      });

      it('gives nobody who waits for the same fetch what another spelling selected', async () => {
        const texts = await Promise.all([['X_Tenant'], [], ['X.Tenant'], []].map((evil) => askAs(undefined, evil)));
        expect(texts.map(({ text }) => text)).toEqual(['EVIL', 'nobody', 'EVIL', 'nobody']);
      });
    });
  },
);
