import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DocumentClient, type Accepted } from '@slipstream/e2e/documents';
import { startStandalone, untilReady, type System } from '@slipstream/e2e/system';
import { programPath } from '../provision/program-path.js';
import { curlUpload, writeRealFiles, type RealFile } from './real-files.js';

let folder: string;
let system: System;
let ada: DocumentClient;
let files: RealFile[];

beforeAll(async () => {
  const programs = { soffice: programPath('soffice'), chromium: programPath('chromium') };
  folder = await mkdtemp(join(tmpdir(), 'real-files-'));
  system = await startStandalone();
  await untilReady(system);
  ada = await DocumentClient.newUser(system.gateways[0]!.url);
  files = await writeRealFiles(folder, programs);
}, 600_000);
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

const KINDS: Readonly<Record<string, string>> = { eml: 'email', txt: 'text' };

it('finds a sentence from the middle of each file, in that file; another user finds none', async () => {
  const eve = await DocumentClient.newUser(ada.url);
  const found = [];
  for (const { path, sentence } of files) {
    const { status, body } = await curlUpload(ada.url, ada.userId, path);
    expect(status, body).toBe(202);
    const { documentId, eventsUrl } = JSON.parse(body) as Accepted;
    const end = (await ada.as.eventsToEnd(eventsUrl)).at(-1)!;
    expect(end, basename(path)).toMatchObject({ type: 'document-ready' });
    const extension = extname(path).slice(1);
    expect(end.data.document).toMatchObject({ kind: KINDS[extension] ?? extension });
    found.push({ documentId, sentence, name: basename(path) });
  }
  for (const { documentId, sentence, name } of found) {
    const [first] = await ada.search(sentence);
    expect(first).toMatchObject({ documentId, name, text: expect.stringContaining(sentence) });
    expect(await eve.search(sentence)).toEqual([]);
  }
});

it('has the result of a formula, and the page of a printed sentence', async () => {
  expect((await ada.search('Count 60 log entry number', { k: 50 })).some(({ text }) => /Count \| 60/.test(text))).toBe(
    true,
  );
  const [printed] = await ada.search('Bronwen Price mended the nets');
  expect(printed!.page).toBeGreaterThan(1);
});
