import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startStandalone, storesEnv, untilReady, type System } from '../system.js';
import { DocumentClient, type FoundPassage } from './document-client.js';
import { EmbeddingServer } from './embedding-server.js';

const SOON = { timeout: 60_000, interval: 200 };

let folder: string;
let env: NodeJS.ProcessEnv;
let server: EmbeddingServer;
let system: System;
let ada: DocumentClient;

/** Starts everything in one process, embedded by this model; `undefined`: by the built-in embedder. */
async function start(model: string | undefined): Promise<void> {
  const used = { ...env, LLM_BACKENDS: server.url, ...(model && { DOCUMENTS_EMBEDDING_MODEL: model }) };
  system = await startStandalone(used);
  await untilReady(system);
}

const at = (userId: string): DocumentClient => new DocumentClient(system.gateways[0]!.url, userId);
const find = async (query: string): Promise<{ items: FoundPassage[]; embedder?: string }> =>
  (await at(ada.userId).as.call<{ items: FoundPassage[]; embedder?: string }>('POST', '/documents/search', { query }))
    .json;
const stateOf = async (id: string) =>
  (await at(ada.userId).as.call<{ state: string; embedder?: string }>('GET', `/documents/${id}`)).json;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embeddings-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, 'documents: { batchSize: 2, chunkTokens: 16, chunkOverlapTokens: 0, maxAttempts: 2 }\n');
  const { MONGODB_URI, DOCUMENTS_VECTORS_URL } = storesEnv();
  env = { MONGODB_URI, DOCUMENTS_VECTORS_URL, SLIPSTREAM_CONFIG: config };
  server = await new EmbeddingServer(['meanings', 'others']).start();
  await start('meanings');
  ada = await DocumentClient.newUser(system.gateways[0]!.url);
});
afterAll(async () => {
  await system.stop();
  await server.stop();
  await rm(folder, { recursive: true });
});

const LOG = [
  'The vessel came home late, with all hands.',
  'A physician looked after the crew.',
  'Drizzle fell over the quay until dusk.',
].join('\n\n');

it('finds a passage by its meaning, embedded in batches by the model that the answer names', async () => {
  const { documentId } = await ada.ingest('log.txt', LOG);
  const { items, embedder } = await find('boat');
  expect(embedder).toBe('meanings');
  expect(items[0]).toMatchObject({ documentId, text: expect.stringContaining('vessel') });
  expect(Math.max(...server.calls.map(({ length }) => length))).toBe(2);
  expect(await stateOf(documentId)).toMatchObject({ state: 'ready', embedder: 'meanings' });
});

it('embeds no passage twice', async () => {
  server.calls.length = 0;
  const eve = await DocumentClient.newUser(ada.url);
  expect((await eve.ingest('log.txt', LOG)).end.type).toBe('document-ready');
  expect(server.calls.flat()).toEqual([]);
});

it.each([
  ['NaN', (texts: readonly string[]) => JSON.stringify({ data: texts.map(() => ({ embedding: [null] })) })],
  ['vectors of another length', (texts: readonly string[]) => JSON.stringify({ data: texts.map(short) })],
])('fails a document whose server answers %s, and says so', async (name, fault) => {
  const words = `Words about ${name}.`;
  server.fault = (texts) => (texts[0] === 'length' ? JSON.stringify({ data: [{ embedding: [1, 2] }] }) : fault(texts));
  const { end } = await ada.ingest(`${name}.txt`, words);
  server.fault = undefined;
  expect(end).toMatchObject({ type: 'failed', data: { code: 'model_failed' } });
  expect(String(end.data.detail)).toContain('The embedding server answered');
  expect((await ada.ingest(`${name}.txt`, words)).end.type).toBe('document-ready');
});
const short = () => ({ embedding: [1] });

it('waits for a server that is down, and finds by keyword meanwhile', async () => {
  await server.stop();
  const { documentId, eventsUrl } = await ada.upload('late.txt', 'The lamp burned through the night.');
  await vi.waitFor(async () => expect((await stateOf(documentId)).state).toBe('embedding'), SOON);
  const found = await find('physician');
  expect(found.items[0]!.text).toContain('A physician');
  expect(found).not.toHaveProperty('embedder');
  await server.start();
  expect((await ada.as.eventsToEnd(eventsUrl)).at(-1)).toMatchObject({ type: 'document-ready' });
});

it('waits for a server that is slow, and finds by keyword meanwhile', async () => {
  const answer = Promise.withResolvers<void>();
  server.hold = answer.promise;
  server.calls.length = 0;
  const { documentId, eventsUrl } = await ada.upload('slow.txt', 'The tender left the slipway at noon.');
  await vi.waitFor(() => expect(server.calls).not.toEqual([]), SOON);
  const found = await find('physician');
  expect(found.items[0]!.text).toContain('A physician');
  expect(found).not.toHaveProperty('embedder');
  expect((await stateOf(documentId)).state).toBe('embedding');
  server.hold = undefined;
  answer.resolve();
  expect((await ada.as.eventsToEnd(eventsUrl)).at(-1)).toMatchObject({ type: 'document-ready' });
});

it('embeds all again after a change of the model, and finds them by keyword until then', async () => {
  const { items } = await find('physician');
  const { documentId } = items[0]!;
  await system.stop();
  await start('others');
  expect((await find('physician')).items[0]).toMatchObject({ documentId });
  await vi.waitFor(async () => expect(await stateOf(documentId)).toMatchObject({ embedder: 'others' }), SOON);
  const byMeaning = await find('doctor');
  expect(byMeaning.embedder).toBe('others');
  expect(byMeaning.items[0]).toMatchObject({ documentId, text: expect.stringContaining('physician') });
  await system.stop();
  await start(undefined);
  await vi.waitFor(
    async () => expect(await stateOf(documentId)).toMatchObject({ embedder: expect.stringContaining('hashed') }),
    SOON,
  );
  expect((await find('physicians')).items[0]).toMatchObject({ documentId });
}, 180_000);
