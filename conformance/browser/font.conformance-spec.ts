import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startVisitedApp, type VisitedApp } from './visited-app.js';

const FONT = readFileSync(
  createRequire(import.meta.url).resolve('http-cache-tests/asset/fonts/fontawesome-webfont.ttf'),
);
const PATH = '/_app/immutable/icons.ttf';
/** A glyph of the font that no other font has: a glass. */
const GLYPH = '\\uf000';
const WAIT = { timeout: 240_000, interval: 50 };

const PAGE = `<!doctype html>
<style>@font-face { font-family: icons; src: url(${PATH}) format('truetype'); }</style>
<span id="icon" style="font: 100px icons, monospace">&#xf000;</span>
<span id="missing" style="font: 100px monospace">&#xf000;</span>`;

/** The codings select the stored form, too. */
const HEADERS = { 'accept-encoding': 'gzip, deflate, br, zstd', 'sec-fetch-dest': 'font' };

describe('a Chromium that loads a TrueType font', () => {
  const stack = new AsyncDisposableStack();
  let app: VisitedApp;
  beforeAll(async () => {
    app = await startVisitedApp({ '/': ['text/html', PAGE], [PATH]: ['font/ttf', FONT] }, {}, stack);
  });
  afterAll(() => stack.disposeAsync());

  it('draws its glyphs from WOFF2 under the name of the original', async () => {
    const { base, tab } = app;
    await vi.waitFor(async () => {
      expect((await app.answerTo(PATH, HEADERS)).headers['content-type']).toBe('font/woff2');
    }, WAIT);
    await tab.visit(base);
    const status = await tab.evaluate(
      `document.fonts.load('100px icons', '${GLYPH}').then((faces) => faces.map(({ status }) => status).join())`,
    );
    const { headers } = await tab.received(({ url }) => url.endsWith(PATH));
    expect([headers['content-type'], status]).toEqual(['font/woff2', 'loaded']);
    const widths = (await tab.evaluate(
      `['icon', 'missing'].map((id) => document.getElementById(id).getBoundingClientRect().width).join()`,
    )) as string;
    const [icon, missing] = widths.split(',').map(Number);
    expect(icon).toBeCloseTo(100, 0); // the advance width of the glyph is that of the font
    expect(icon).not.toBe(missing);
  }, 300_000);
});
