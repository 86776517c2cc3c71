import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DocumentClient } from '@slipstream/e2e/documents';
import { storesEnv } from '@slipstream/e2e/system';
import { RunningServices } from '../system/running-services.js';

const DOCUMENTS = 6;
const PARAGRAPHS = 1_500;
/** A worker is killed after so many events of one document: in extraction, between, and in embedding. */
const KILLED_AFTER = [1, 2, 4, 6, 8];
const WITHIN = { timeout: 120_000, interval: 200 };

const services = new RunningServices();
let folder: string;
let env: NodeJS.ProcessEnv;
let ada: DocumentClient;

/** Several parts of text; each document has words of its own. */
const textOf = (document: number): string =>
  Array.from({ length: PARAGRAPHS }, (_, n) => `Marker m${document}x${n} stands in paragraph ${n} of this text.`).join(
    '\n\n',
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-documents-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, 'documents: { leaseMs: 1000, sweepIntervalMs: 300, maxAttempts: 50, batchSize: 16 }\n');
  const port = await freePort();
  env = { ...storesEnv(), SLIPSTREAM_CONFIG: config, DOCUMENTS_SEARCH_URL: `http://127.0.0.1:${port}` };
  const gateway = await services.start('gateway', env);
  env.MANAGEMENT_PORT = String(port);
  ada = await DocumentClient.newUser(gateway.url);
});
afterAll(async () => {
  await services.kill();
  await rm(folder, { recursive: true });
});

/** Resolves when so many events of the document were sent, or it has ended. */
async function untilEvents(eventsUrl: string, count: number): Promise<void> {
  const seen = [];
  for await (const event of ada.as.events(eventsUrl)) {
    seen.push(event);
    if (seen.length >= count) return;
  }
}

it('a document-worker that is killed at any step loses no document and stores no passage twice', async () => {
  let worker = await services.start('document-worker', env);
  const uploads = await Promise.all(
    Array.from({ length: DOCUMENTS }, (_, n) => ada.upload(`d${n}.txt`, textOf(n), 'text/plain')),
  );
  for (const [round, events] of KILLED_AFTER.entries()) {
    await untilEvents(uploads[round]!.eventsUrl, events);
    await worker.stop('SIGKILL');
    worker = await services.start('document-worker', env);
  }
  await vi.waitFor(async () => {
    const { items } = (await ada.as.call<{ items: { state: string }[] }>('GET', '/documents?limit=50')).json;
    expect(items.map(({ state }) => state)).toEqual(Array.from({ length: DOCUMENTS }, () => 'ready'));
  }, WITHIN);
  for (const [n, { documentId }] of uploads.entries()) {
    for (const place of [0, PARAGRAPHS / 2, PARAGRAPHS - 1]) {
      const found = await ada.search(`m${n}x${place}`, { k: 50, documentIds: [documentId] });
      expect(found.filter(({ text }) => text.includes(`m${n}x${place} `)).length).toBeGreaterThan(0);
      expect(new Set(found.map(({ text }) => text)).size).toBe(found.length);
    }
  }
}, 240_000);
