import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startVisitedApp, type AppFiles, type VisitedApp } from './visited-app.js';

const LINES = Array.from({ length: 3_000 }, (_, i) => `globalThis.v${i} = ${i * 7919};`).join('\n');
const OLD = `${LINES}\nglobalThis.release = 'old';`;
const NEW = `${LINES}\nglobalThis.release = 'new ' + (globalThis.v1 + globalThis.v2);`;
const EXPECTED = `new ${7919 + 2 * 7919}`;
const CODINGS = 'gzip, deflate, br, zstd, dcb, dcz';
const WAIT = { timeout: 60_000, interval: 50 };

/** Pages with one script each. */
const FILES: AppFiles = {
  '/': ['text/html', '<script src="/_app/immutable/old.js"></script>'],
  '/next': ['text/html', '<script src="/_app/immutable/new.js"></script>'],
  '/_app/immutable/old.js': ['text/javascript', OLD],
  '/_app/immutable/new.js': ['text/javascript', NEW],
};

describe('a Chromium that has the dictionary of a release', () => {
  const stack = new AsyncDisposableStack();
  let app: VisitedApp;
  beforeAll(async () => {
    app = await startVisitedApp(FILES, { dictionaries: true, dictionaryDelayMs: 50 }, stack);
  });
  afterAll(() => stack.disposeAsync());

  it('runs a script of the next release that it gets as the difference', async () => {
    const { base, tab } = app;
    await tab.visit(`${base}/`);
    const asDocument = { 'accept-encoding': CODINGS, 'sec-fetch-dest': 'document' };
    await vi.waitFor(
      async () => expect(String((await app.answerTo('/', asDocument)).headers.link)).toContain('.dictionary>'),
      WAIT,
    );
    await tab.visit(`${base}/`);
    const dictionary = await tab.received(({ url }) => url.endsWith('.dictionary'));
    expect(dictionary.headers['use-as-dictionary']).toBe('match="/_app/immutable/*"');

    const prepared = { 'accept-encoding': CODINGS, 'available-dictionary': `:${hash('sha256', OLD, 'base64')}:` };
    await vi.waitFor(async () => {
      const { headers } = await app.answerTo('/_app/immutable/new.js', prepared);
      expect(headers['content-encoding']).toMatch(/^dc[bz]$/);
    }, WAIT);
    await tab.visit(`${base}/next`);
    const script = await tab.received(({ url }) => url.endsWith('/new.js'));
    expect(script.headers['content-encoding']).toMatch(/^dc[bz]$/);
    expect(await tab.evaluate('release')).toBe(EXPECTED);
  }, 180_000);
});
