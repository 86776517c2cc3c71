import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { programPath } from '../provision/program-path.js';
import { openTab, type Tab } from './chromium.js';

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
const asFont = async (base: string): Promise<IncomingMessage> => {
  const [response] = (await once(get(base + PATH, { headers: HEADERS, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  await once(response.resume(), 'end');
  return response;
};

describe('a Chromium that loads a TrueType font', () => {
  let origin: Server;
  let gateway: GatewayProcess;
  let directory: string;
  let tab: Tab;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'slipstream-assets-'));
    origin = createServer(({ url }, response) => {
      const isFont = url === PATH;
      response.setHeader('content-type', isFont ? 'font/ttf' : 'text/html').end(isFont ? FONT : PAGE);
    }).listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const backend = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    gateway = await startGateway([backend], { preset: 'open-webui', assets: { directory } });
    tab = await openTab(programPath('chromium'));
  });

  afterAll(async () => {
    await tab?.close();
    await gateway?.stop();
    origin?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('draws its glyphs from WOFF2 under the name of the original', async () => {
    // a name counts as secure, so the browser sends Sec-Fetch-Dest
    const base = gateway.url.replace('127.0.0.1', 'localhost');
    await vi.waitFor(async () => {
      expect((await asFont(base)).headers['content-type']).toBe('font/woff2');
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
