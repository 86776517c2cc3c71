import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pdfOf, zipOf } from '@slipstream/documents/testing';
import { startStandalone, untilReady, type System } from '../system.js';
import { DocumentClient } from './document-client.js';

const SOON = { timeout: 60_000, interval: 100 };
const GIB = 1024 ** 3;

let folder: string;
let system: System;
let ada: DocumentClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bad-files-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, 'documents: { maxTextChars: 2000000, maxUnpackedBytes: 20000000 }\n');
  system = await startStandalone({ SLIPSTREAM_CONFIG: config });
  await untilReady(system);
  ada = await DocumentClient.newUser(system.gateways[0]!.url);
  await ada.ingest('first.txt', 'The first file loads what a worker needs.');
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

/** Files that the process has open without a name, and its threads. */
async function leftovers(): Promise<{ files: string[]; threads: number }> {
  const process = `/proc/${system.all[0]!.child.pid}`;
  const links = await Promise.all(
    (await readdir(`${process}/fd`)).map((fd) => readlink(`${process}/fd/${fd}`).catch(() => '')),
  );
  return {
    files: links.filter((link) => link.includes('slipstream-document-')),
    threads: (await readdir(`${process}/task`)).length,
  };
}

const word = (body: string): string => `<w:document><w:body>${body}</w:body></w:document>`;
const BOOK = Array.from({ length: 10_000 }, (_, n) => `Page ${n + 1} names the marker m${n + 1} and no other.`);

it.each([
  ['an empty PDF', 'a.pdf', '%PDF-1.7\n', 'document_damaged'],
  ['a truncated PDF', 'a.pdf', pdfOf(BOOK.slice(0, 9)).subarray(0, 700), 'document_damaged'],
  [
    'an encrypted office file',
    'a.docx',
    zipOf({ 'word/document.xml': 'x' }, { isEncrypted: true }),
    'document_encrypted',
  ],
  [
    'a program under the name of a PDF',
    'a.pdf',
    Buffer.from('\u007fELF\u0002\u0001\u0001', 'latin1'),
    'document_unsupported',
  ],
  [
    'a picture that claims 60,000 by 60,000 points',
    'a.png',
    Buffer.from('89504e470d0a1a0a0000000d494844520000ea600000ea600802000000', 'hex'),
    'document_unsupported',
  ],
  ['a zip bomb', 'a.docx', zipOf({ 'word/document.xml': word(' '.repeat(30_000_000)) }), 'document_too_complex'],
  ['more text than documents.maxTextChars', 'a.txt', 'wave '.repeat(1_000_000), 'document_too_complex'],
  ['deep HTML', 'a.html', `<html>${'<div>'.repeat(200_000)}deep`, 'document_too_complex'],
])('ends %s with a reason', async (_, name, content, code) => {
  const { end, documentId } = await ada.ingest(name, content);
  expect(end).toMatchObject({ type: 'failed', data: { code } });
  const { json } = await ada.as.call('GET', `/documents/${documentId}`);
  expect(json).toMatchObject({ state: 'failed', error: { code, detail: expect.stringMatching(/\w+ \w+/) } });
});

it('does not unpack a picture bomb in an office file', async () => {
  const content = zipOf({
    'word/document.xml': word('<w:p><w:r><w:t>A heron stood beside it.</w:t></w:r></w:p>'),
    'word/media/image1.png': Buffer.alloc(100_000_000),
  });
  expect((await ada.ingest('a.docx', content)).end.type).toBe('document-ready');
  expect((await ada.search('heron'))[0]!.text).toContain('A heron');
});

it('reads a PDF of 10,000 pages, and finds a page of its middle', async () => {
  const { end, documentId } = await ada.ingest('book.pdf', pdfOf(BOOK));
  expect(end).toMatchObject({ type: 'document-ready', data: { document: { pages: { done: 10_000, total: 10_000 } } } });
  const [found] = await ada.search('m5000', { documentIds: [documentId] });
  expect(found!.text).toContain('marker m5000 ');
}, 180_000);

it('refuses a text of 1 GiB while it is being sent', async () => {
  const piece = new Uint8Array(1024 ** 2).fill(0x61);
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent >= GIB) return controller.close();
      sent += piece.length;
      controller.enqueue(piece);
    },
  });
  const response = await fetch(`${ada.url}/slipstream/v1/documents?name=a.txt`, {
    method: 'POST',
    headers: { 'x-slipstream-user': ada.userId, 'content-type': 'text/plain' },
    body,
    duplex: 'half',
  } as RequestInit).catch(() => undefined);
  if (response) expect(response.status).toBe(413);
  expect(sent).toBeLessThan(GIB / 2);
});

it('ends an ingestion whose document is deleted, and finds nothing of it', async () => {
  const { documentId, eventsUrl } = await ada.upload(
    'late.pdf',
    pdfOf([...BOOK, 'A last page with the word zeppelin.']),
  );
  const events = ada.as.events(eventsUrl)[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ type: 'progress' });
  expect((await ada.as.call('DELETE', `/documents/${documentId}`)).status).toBe(204);
  let last;
  for (let next = await events.next(); !next.done; next = await events.next()) last = next.value;
  expect(last).toMatchObject({ type: 'cancelled' });
  expect((await ada.as.call('GET', `/documents/${documentId}`)).status).toBe(404);
  expect(await ada.search('zeppelin', { documentIds: [documentId] })).toEqual([]);
}, 180_000);

it('keeps no file and no thread of all that, and ingests the next file', async () => {
  expect((await ada.ingest('next.txt', 'The grebe dives.')).end.type).toBe('document-ready');
  await vi.waitFor(async () => expect((await leftovers()).files).toEqual([]), SOON);
  const { threads } = await leftovers();
  for (let n = 0; n < 3; n += 1) await ada.ingest('bad.pdf', `%PDF-1.7\n${n}`);
  await vi.waitFor(async () => expect((await leftovers()).threads).toBeLessThanOrEqual(threads), SOON);
});
