import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pdfOf, zipOf } from '@slipstream/documents/testing';
import { APP_ENVIRONMENT } from '../../tools/node-options.mjs';
import { say } from '../../tools/workspace.mjs';
import { startService } from '../harness/service.mjs';
import { startStores } from '../harness/stores.mjs';
import { pageText, textOf } from './texts.mjs';

const TOTAL_BYTES = 500e6;
const MEDIA_BYTES = 5e6;
const TEXT_BYTES = 1e6;
const PAGES = 20;
const POLL_MS = 250;
const WITHIN_MS = 600_000;
const SETTLED_MS = 4_000;
/** Parts of the files, each sent after the one before was ingested. */
const QUARTERS = ['a quarter', 'half', 'three quarters', 'all'];

/**
 * Resident memory of a document-worker while mixed files go in by a gateway, and at rest after each quarter of them.
 * The second half has as many files as the first.
 */
export async function measureMemory() {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'bench-memory-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const { env } = await startStores(stack);
  const stores = { ...env, DOCUMENTS_VECTORS_URL: join(folder, 'vectors') };
  const worker = await startService('document-worker', { ...stores, ...APP_ENVIRONMENT });
  stack.defer(() => worker.stop());
  const gateway = await startService('gateway', { ...stores, DOCUMENTS_SEARCH_URL: worker.managementUrl });
  stack.defer(() => gateway.stop());
  const before = worker.residentMb();
  const watch = watchHighest(worker);
  const from = performance.now();
  const sent = await newUser(gateway.url);
  const settled = {};
  for (const [index, quarter] of QUARTERS.entries()) {
    await send(gateway.url, sent, ((index + 1) * TOTAL_BYTES) / QUARTERS.length);
    await untilEnded(gateway.url, sent, from + WITHIN_MS);
    await delay(SETTLED_MS);
    settled[quarter] = worker.residentMb();
    say(`${quarter} of the files: ${settled[quarter].toFixed(0)} MB`);
  }
  const seconds = (performance.now() - from) / 1000 - (QUARTERS.length * SETTLED_MS) / 1000;
  const { bytes, ids, states } = sent;
  return { environment: APP_ENVIRONMENT, bytes, files: ids.length, seconds, before, ...watch.end(), settled, states };
}

function watchHighest(worker) {
  let highest = 0;
  const timer = setInterval(() => (highest = Math.max(highest, worker.residentMb())), POLL_MS);
  return {
    end() {
      clearInterval(timer);
      return { highest };
    },
  };
}

/** Files in turn: mostly pictures with some pages of text, and one of ten is text only. */
const MAKERS = [
  ['pdf', (n) => pdfOf(pagesOf(n), randomBytes(MEDIA_BYTES))],
  [
    'docx',
    (n) => zipOf({ 'word/document.xml': wordXml(pagesOf(n)), 'word/media/image1.png': randomBytes(MEDIA_BYTES) }),
  ],
  ['pptx', (n) => zipOf({ ...slides(pagesOf(n)), 'ppt/media/image1.png': randomBytes(MEDIA_BYTES) })],
  ['pdf', (n) => pdfOf(pagesOf(n), randomBytes(MEDIA_BYTES))],
  ['txt', (n) => Buffer.from(textOf(n, TEXT_BYTES))],
];

const pagesOf = (n) => Array.from({ length: PAGES }, (_, page) => pageText(n * PAGES + page));
const wordXml = (pages) =>
  `<w:document><w:body>${pages
    .map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`)
    .join('')}</w:body></w:document>`;
const slides = (pages) =>
  Object.fromEntries(
    pages.map((text, n) => [
      `ppt/slides/slide${n + 1}.xml`,
      `<p:sld><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sld>`,
    ]),
  );

async function newUser(url) {
  const type = { 'content-type': 'application/json' };
  const { id } = await post(`${url}/slipstream/v1/users`, JSON.stringify({ name: 'Bench' }), type);
  return { userId: id, bytes: 0, ids: [], ended: 0, states: {} };
}

/** Sends the next files until so many bytes were sent. */
async function send(url, sent, untilBytes) {
  const headers = { 'x-slipstream-user': sent.userId, 'content-type': 'application/octet-stream' };
  while (sent.bytes < untilBytes) {
    const n = sent.ids.length;
    const [extension, make] = MAKERS[n % MAKERS.length];
    const file = make(n);
    const { documentId } = await post(`${url}/slipstream/v1/documents?name=f${n}.${extension}`, file, headers);
    sent.bytes += file.length;
    sent.ids.push(documentId);
  }
}

async function post(url, body, headers) {
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function untilEnded(url, sent, until) {
  const { userId, ids, states } = sent;
  const headers = { 'x-slipstream-user': userId };
  while (sent.ended < ids.length) {
    const { state } = await (await fetch(`${url}/slipstream/v1/documents/${ids[sent.ended]}`, { headers })).json();
    if (state === 'ready' || state === 'failed') {
      states[state] = (states[state] ?? 0) + 1;
      sent.ended += 1;
    } else if (performance.now() > until) {
      throw new Error(`not all files were ingested in time: ${JSON.stringify(states)}`);
    } else await delay(POLL_MS);
  }
}
