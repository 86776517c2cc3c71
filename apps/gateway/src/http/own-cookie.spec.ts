import { afterEach, describe, expect, it } from 'vitest';
import { PolicyBench, type BenchOptions } from './testing/policy-bench.js';

const stickiness = { cookieName: 'pod', paths: ['/'], secret: 'sixteen characters' };
const cached =
  (control = 'max-age=60', more: Record<string, string> = {}) =>
  () => ({ headers: { 'Cache-Control': control, ...more }, text: 'page' });

let bench: PolicyBench;
afterEach(() => bench.close());
const start = async (options: BenchOptions) => void (bench = await PolicyBench.start(options));
const isHit = async (path: string, cookie: string) =>
  /Cache-Status: slipstream; hit/.test(await bench.head(path, ['Cookie', cookie]));

describe('cookies that say nothing of who asks', () => {
  it.each(['pod=abc', '_ga=GA1.1.1', '_ga_X1=GS1', 'pod=abc; _ga=GA1.1.1; _ga_X1=2'])(
    'do not defeat the cache: %s',
    async (cookie) => {
      await start({ reads: [], stickiness, ignoredCookies: ['_ga*'], answer: cached() });
      await bench.get('/page', []);
      expect(await isHit('/page', cookie)).toBe(true);
    },
  );

  it('do not tell apart the answers that vary by Cookie, nor the private ones', async () => {
    await start({
      reads: [{ path: '/mine', class: 'private' }],
      stickiness,
      ignoredCookies: ['_ga'],
      answer: cached('public, max-age=60', { Vary: 'Cookie' }),
    });
    for (const path of ['/page', '/mine']) {
      await bench.get(path, ['Cookie', 'pod=a; _ga=1; session=ada']);
      expect(await isHit(path, 'session=ada; _ga=2; pod=b')).toBe(true);
      expect(await isHit(path, 'session=eve; _ga=2; pod=b')).toBe(false);
    }
  });

  it('the own one stays here, the others go on', async () => {
    await start({ stickiness, ignoredCookies: ['_ga'] });
    expect(await bench.fieldsAtBackend('web over HTTP/1.1', ['Cookie', 'pod=a; _ga=1; session=ada'])).toContain(
      '_ga=1; session=ada',
    );
  });
});

describe('the stickiness cookie', () => {
  const setCookie = async (fields: string[] = []) =>
    /set-cookie: pod=[\w-]+; ([^\r]*)/i.exec(await bench.head('/page', fields))?.[1];

  it.each<[string, string[], boolean, string]>([
    ['of plain HTTP', [], true, 'Path=/; HttpOnly; SameSite=Lax'],
    ['behind a trusted TLS proxy', ['X-Forwarded-Proto', 'https'], true, 'Path=/; HttpOnly; SameSite=Lax; Secure'],
    [
      'behind one that says so by Forwarded',
      ['Forwarded', 'for=1.1.1.1;proto="https"'],
      true,
      'Path=/; HttpOnly; SameSite=Lax; Secure',
    ],
    [
      'behind one that says so by Front-End-Https',
      ['Front-End-Https', 'on'],
      true,
      'Path=/; HttpOnly; SameSite=Lax; Secure',
    ],
    ['of a stranger who says so', ['X-Forwarded-Proto', 'https'], false, 'Path=/; HttpOnly; SameSite=Lax'],
  ])('%s', async (_, fields, isTrusted, attributes) => {
    await start({ isTrusted, stickiness });
    expect(await setCookie(fields)).toBe(attributes);
  });

  it.each([
    [
      { sameSite: 'strict', domain: 'example.com', maxAgeSeconds: 60 } as const,
      'Path=/; HttpOnly; SameSite=Strict; Domain=example.com; Max-Age=60',
    ],
    [{ sameSite: 'none' } as const, 'Path=/; HttpOnly; SameSite=None; Secure'],
  ])('with settings %o', async (settings, attributes) => {
    await start({ stickiness: { ...stickiness, ...settings } });
    expect(await setCookie()).toBe(attributes);
  });
});
