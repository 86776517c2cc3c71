import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DocumentClient } from '@slipstream/e2e/documents';
import { storesEnv } from '@slipstream/e2e/system';
import { LanceStore } from '@slipstream/vectors/lance';
import { RunningServices } from '../system/running-services.js';
import { freePort } from '@slipstream/e2e/free-port';

const DOCUMENTS = 6;
const PARAGRAPHS = 1_500;
const KILLS = 20;
/** A worker is killed after at most so many further events of one document: in extraction, between, or in embedding. */
const MOST_EVENTS = 6;
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

interface Shown {
  id: string;
  state: string;
  chunks?: number;
  eventsUrl: string;
}

const shown = async (): Promise<Shown[]> =>
  (await ada.as.call<{ items: Shown[] }>('GET', '/documents?limit=50')).json.items;

/** Resolves when so many events of the document were sent, or it has ended. @returns the number of its events */
async function untilEvents(eventsUrl: string, count: number): Promise<number> {
  const seen = [];
  for await (const event of ada.as.events(eventsUrl)) {
    seen.push(event);
    if (seen.length >= count) break;
  }
  return seen.length;
}

/** Uploads the next of the documents, as many as there are. */
class Uploads {
  readonly ids: string[] = [];
  private readonly seen = new Map<string, number>();

  async add(): Promise<void> {
    const number = this.ids.length;
    this.ids.push((await ada.upload(`d${number}.txt`, textOf(number), 'text/plain')).documentId);
  }

  /** Resolves at a random moment of the work on one open document; uploads another one if none is open. */
  async randomMoment(): Promise<void> {
    const open = (await shown()).filter(({ state }) => state !== 'ready');
    if (open.length === 0) {
      await this.add();
      return this.randomMoment();
    }
    const { id, eventsUrl } = open[randomInt(open.length)]!;
    this.seen.set(id, await untilEvents(eventsUrl, (this.seen.get(id) ?? 0) + 1 + randomInt(MOST_EVENTS)));
  }
}

/** Rows of the vector store, which no process has open. */
async function storedRows(): Promise<number> {
  const store = new LanceStore({ uri: env.DOCUMENTS_VECTORS_URL! });
  try {
    const spaces = await store.existing(await store.names());
    return (await Promise.all(spaces.map((space) => space.statistics()))).reduce((sum, { rows }) => sum + rows, 0);
  } finally {
    await store.close();
  }
}

it('a document-worker that is killed at any step loses no document and stores no passage twice', async () => {
  let worker = await services.start('document-worker', env);
  const uploads = new Uploads();
  while (uploads.ids.length < DOCUMENTS) await uploads.add();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await uploads.randomMoment();
    await worker.stop('SIGKILL');
    worker = await services.start('document-worker', env);
  }
  const states = uploads.ids.map((id) => [id, 'ready']);
  await vi.waitFor(
    async () => expect((await shown()).map(({ id, state }) => [id, state]).toSorted()).toEqual(states.toSorted()),
    WITHIN,
  );
  for (const [n, documentId] of uploads.ids.entries()) {
    for (const place of [0, PARAGRAPHS / 2, PARAGRAPHS - 1]) {
      const found = await ada.search(`m${n}x${place}`, { k: 50, documentIds: [documentId] });
      expect(found.filter(({ text }) => text.includes(`m${n}x${place} `)).length).toBeGreaterThan(0);
      expect(new Set(found.map(({ text }) => text)).size).toBe(found.length);
    }
  }
  expect(await worker.stop()).toBe(0);
  expect(await storedRows()).toBe((await shown()).reduce((sum, { chunks = 0 }) => sum + chunks, 0));
}, 360_000);
