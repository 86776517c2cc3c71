import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startStandalone, storesEnv, untilReady, type System } from '@slipstream/e2e/system';
import { DocumentClient } from '@slipstream/e2e/documents';

const SOON = { timeout: 60_000, interval: 200 };

let env: NodeJS.ProcessEnv;
let folder: string;
let system: System;
let ada: DocumentClient;

async function start(): Promise<void> {
  system = await startStandalone(env);
  await untilReady(system);
}

const at = (): DocumentClient => new DocumentClient(system.gateways[0]!.url, ada.userId);
const search = (query: string) =>
  at().as.call<{ items?: { text: string }[]; code?: string }>('POST', '/documents/search', { query });
const stateOf = async (id: string) => (await at().as.call<{ state: string }>('GET', `/documents/${id}`)).json.state;
const untilFound = (query: string) =>
  vi.waitFor(async () => expect((await search(query)).json.items?.[0]?.text ?? '').toContain(query), SOON);

beforeAll(async () => {
  const { MONGODB_URI, DOCUMENTS_VECTORS_URL } = storesEnv();
  env = { MONGODB_URI, DOCUMENTS_VECTORS_URL };
  folder = DOCUMENTS_VECTORS_URL;
  await start();
  ada = await DocumentClient.newUser(system.gateways[0]!.url);
  await ada.ingest('first.txt', 'A curlew called from the marsh.');
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

it('embeds all documents again after its folder was deleted while it was open', async () => {
  await untilFound('curlew');
  await rm(folder, { recursive: true });
  await untilFound('curlew');
  expect((await ada.ingest('second.txt', 'A plover ran along the shore.')).end.type).toBe('document-ready');
  await untilFound('plover');
}, 120_000);

/** Uploads a document that can't be embedded, and checks that it waits and that searches say why they fail. */
async function uploadsWait(name: string, content: string): Promise<string> {
  const { documentId } = await at().upload(name, content);
  await vi.waitFor(async () => expect(await stateOf(documentId)).toBe('embedding'), SOON);
  const { status, json, headers } = await search('curlew');
  expect([status, json.code, headers.has('retry-after')]).toEqual([503, 'vectors_unavailable', true]);
  const health = await fetch(`${system.all[0]!.managementUrl}/health/live`);
  expect(health.status).toBe(200);
  return documentId;
}

it('lets documents wait while its folder can not be opened, and goes on after', async () => {
  await system.stop();
  await rename(folder, `${folder}-kept`);
  await writeFile(folder, 'held by something else');
  await start();
  const id = await uploadsWait('third.txt', 'A merlin hunted over the dunes.');
  await rm(folder);
  await rename(`${folder}-kept`, folder);
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('ready'), SOON);
  await untilFound('merlin');
  await untilFound('curlew');
}, 120_000);

it('lets documents wait while its tables are of an unknown format, and embeds all again without them', async () => {
  await system.stop();
  for (const table of await readdir(folder))
    for (const version of await readdir(join(folder, table, '_versions')))
      await writeFile(join(folder, table, '_versions', version), 'a manifest of a later version');
  await start();
  const id = await uploadsWait('fourth.txt', 'A knot stood on the sandbank.');
  await rm(folder, { recursive: true });
  await vi.waitFor(async () => expect(await stateOf(id)).toBe('ready'), SOON);
  await untilFound('knot');
  await untilFound('curlew');
}, 120_000);
