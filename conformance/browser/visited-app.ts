import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../gateway.js';
import { programPath } from '../provision/program-path.js';
import { openTab, type Tab } from './chromium.js';

/** Files of an application by path. Other paths answer with an empty text, so health checks pass. */
export type AppFiles = Readonly<Record<string, readonly [type: string, content: string | Buffer]>>;

/** An application behind a gateway that transforms its assets, and a Chromium that visits it. */
export interface VisitedApp {
  /** URL of the gateway by a name, which counts as secure: the browser sends Sec-Fetch-Dest, and gets dictionaries. */
  base: string;
  tab: Tab;
  /** The head of the gateway's answer to a client other than the Chromium. */
  answerTo(path: string, headers: Record<string, string>): Promise<IncomingMessage>;
}

/**
 * Starts all of it.
 * @param assets settings of `web.assets`
 * @param stack closes it
 */
export async function startVisitedApp(
  files: AppFiles,
  assets: object,
  stack: AsyncDisposableStack,
): Promise<VisitedApp> {
  const directory = mkdtempSync(join(tmpdir(), 'slipstream-assets-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const origin = createServer(({ url = '' }, response) => {
    const [type, content] = files[url] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': type }).end(content);
  }).listen(0, '127.0.0.1');
  stack.defer(() => void origin.close());
  await once(origin, 'listening');
  const backend = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const gateway = await startGateway([backend], { preset: 'open-webui', assets: { ...assets, directory } });
  stack.defer(async () => void (await gateway.stop()));
  const base = gateway.url.replace('127.0.0.1', 'localhost');
  const tab = await openTab(programPath('chromium'));
  stack.defer(() => tab.close());
  return { base, tab, answerTo: (path, headers) => answerOf(base + path, headers) };
}

const answerOf = (url: string, headers: Record<string, string>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) =>
    get(url, { headers, agent: false }, (response) => void response.resume().once('end', () => resolve(response))).on(
      'error',
      reject,
    ),
  );
