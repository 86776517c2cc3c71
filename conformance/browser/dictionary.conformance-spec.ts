import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { programPath } from '../provision/program-path.js';
import { openTab, type Tab } from './chromium.js';

const LINES = Array.from({ length: 3_000 }, (_, i) => `globalThis.v${i} = ${i * 7919};`).join('\n');
const OLD = `${LINES}\nglobalThis.release = 'old';`;
const NEW = `${LINES}\nglobalThis.release = 'new ' + (globalThis.v1 + globalThis.v2);`;
const EXPECTED = `new ${7919 + 2 * 7919}`;
const CODINGS = 'gzip, deflate, br, zstd, dcb, dcz';
const WAIT = { timeout: 60_000, interval: 50 };

/** Pages with one script each. */
const FILES: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/': ['text/html', '<script src="/_app/immutable/old.js"></script>'],
  '/next': ['text/html', '<script src="/_app/immutable/new.js"></script>'],
  '/_app/immutable/old.js': ['text/javascript', OLD],
  '/_app/immutable/new.js': ['text/javascript', NEW],
};

const answerOf = (url: string, headers: Record<string, string>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) =>
    get(url, { headers, agent: false }, (response) => void response.resume().once('end', () => resolve(response))).on(
      'error',
      reject,
    ),
  );

const documentAnswer = (base: string): Promise<IncomingMessage> =>
  answerOf(`${base}/`, { 'accept-encoding': CODINGS, 'sec-fetch-dest': 'document' });

describe('a Chromium that has the dictionary of a release', () => {
  let origin: Server;
  let gateway: GatewayProcess;
  let directory: string;
  let base: string;
  let tab: Tab;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'slipstream-assets-'));
    origin = createServer(({ url = '' }, response) => {
      const [type, text] = FILES[url] ?? ['text/plain', '']; // health checks pass
      response.writeHead(200, { 'content-type': type }).end(text);
    }).listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const backend = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    const assets = { dictionaries: true, dictionaryDelayMs: 50, directory };
    gateway = await startGateway([backend], { preset: 'open-webui', assets });
    base = gateway.url.replace('127.0.0.1', 'localhost'); // a name counts as secure, and so gets dictionaries
    tab = await openTab(programPath('chromium'));
  });

  afterAll(async () => {
    await tab?.close();
    await gateway?.stop();
    origin?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('runs a script of the next release that it gets as the difference', async () => {
    await tab.visit(`${base}/`);
    await vi.waitFor(
      async () => expect(String((await documentAnswer(base)).headers.link)).toContain('.dictionary>'),
      WAIT,
    );
    await tab.visit(`${base}/`);
    const dictionary = await tab.received(({ url }) => url.endsWith('.dictionary'));
    expect(dictionary.headers['use-as-dictionary']).toBe('match="/_app/immutable/*"');

    const prepared = { 'accept-encoding': CODINGS, 'available-dictionary': `:${hash('sha256', OLD, 'base64')}:` };
    await vi.waitFor(async () => {
      const { headers } = await answerOf(`${base}/_app/immutable/new.js`, prepared);
      expect(headers['content-encoding']).toMatch(/^dc[bz]$/);
    }, WAIT);
    await tab.visit(`${base}/next`);
    const script = await tab.received(({ url }) => url.endsWith('/new.js'));
    expect(script.headers['content-encoding']).toMatch(/^dc[bz]$/);
    expect(await tab.evaluate('release')).toBe(EXPECTED);
  }, 180_000);
});
