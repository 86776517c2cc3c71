import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pdfOf, zipOf } from '@slipstream/documents/testing';
import { APP_ENVIRONMENT } from '../../tools/node-options.mjs';
import { startService } from '../harness/service.mjs';
import { startStores } from '../harness/stores.mjs';
import { pageText, textOf } from './texts.mjs';

const TOTAL_BYTES = 500e6;
const MEDIA_BYTES = 5e6;
const TEXT_BYTES = 1e6;
const PAGES = 20;
const POLL_MS = 250;
const WITHIN_MS = 225_000;

/** Resident memory of a document-worker while mixed files go in by a gateway. */
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
  const watch = watchMemory(worker);
  const from = performance.now();
  const sent = await sendAll(gateway.url);
  await untilEnded(gateway.url, sent);
  const seconds = (performance.now() - from) / 1000;
  await delay(5_000);
  const { bytes, ids, states } = sent;
  return { ...APP_ENVIRONMENT, bytes, files: ids.length, seconds, before, ...watch.end(), states };
}

function watchMemory(worker) {
  const seen = [];
  const timer = setInterval(() => seen.push(worker.residentMb()), POLL_MS);
  return {
    end() {
      clearInterval(timer);
      const half = seen[Math.floor(seen.length / 2)];
      return { highest: Math.max(...seen), half, last: seen.at(-1) };
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

async function sendAll(url) {
  const user = await post(`${url}/slipstream/v1/users`, JSON.stringify({ name: 'Bench' }), {
    'content-type': 'application/json',
  });
  const sent = { userId: user.id, bytes: 0, ids: [], states: {} };
  for (let n = 0; sent.bytes < TOTAL_BYTES; n += 1) {
    const [extension, make] = MAKERS[n % MAKERS.length];
    const file = make(n);
    const headers = { 'x-slipstream-user': user.id, 'content-type': 'application/octet-stream' };
    const { documentId } = await post(`${url}/slipstream/v1/documents?name=f${n}.${extension}`, file, headers);
    sent.bytes += file.length;
    sent.ids.push(documentId);
  }
  return sent;
}

async function post(url, body, headers) {
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function untilEnded(url, { userId, ids, states }) {
  const headers = { 'x-slipstream-user': userId };
  const until = performance.now() + WITHIN_MS;
  for (const id of ids) {
    for (;;) {
      const { state } = await (await fetch(`${url}/slipstream/v1/documents/${id}`, { headers })).json();
      if (state === 'ready' || state === 'failed') {
        states[state] = (states[state] ?? 0) + 1;
        break;
      }
      if (performance.now() > until) throw new Error(`not all files were ingested in time: ${JSON.stringify(states)}`);
      await delay(POLL_MS);
    }
  }
}
