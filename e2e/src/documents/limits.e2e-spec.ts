import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startStandalone, untilReady, type System } from '../system.js';
import { DocumentClient, type Accepted } from './document-client.js';

const SOON = { timeout: 60_000, interval: 100 };
const LIMITS = { maxPerUser: 8, maxBytesPerUser: 5_000, maxOpenPerUser: 6, maxOpen: 8, concurrency: 1 };

let folder: string;
let extractor: Server;
let system: System;
let url: string;
/** Names of the files in the order in which the worker took them. */
const taken: string[] = [];
/** The extractor answers when this resolves. */
let hold = Promise.withResolvers<void>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limits-'));
  extractor = createServer((request, response) => {
    taken.push(String(request.headers['x-filename']));
    const { promise } = hold;
    request.resume().on('end', () => {
      void promise.then(() => response.end(JSON.stringify({ page_content: 'The text of a file.' })));
    });
  }).listen(0, '127.0.0.1');
  await once(extractor, 'listening');
  const { port } = extractor.address() as AddressInfo;
  const external = { url: `http://127.0.0.1:${port}`, kinds: ['text'] };
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, JSON.stringify({ documents: { ...LIMITS, extractors: { external } } }));
  system = await startStandalone({ SLIPSTREAM_CONFIG: config });
  await untilReady(system);
  ({ url } = system.gateways[0]!);
});
afterAll(async () => {
  hold.resolve();
  await system.stop();
  extractor.close();
  extractor.closeAllConnections();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  hold = Promise.withResolvers<void>();
  taken.length = 0;
});

const send = (user: DocumentClient, name: string, more = '') =>
  user.send(`?name=${name}${more}`, `The content of ${name}.`, { 'content-type': 'text/plain' });
const refused = (code: string, detail: string, status = 409) => ({
  status,
  json: { code, detail: expect.stringContaining(detail) },
});
/** All open documents are counted once a second, so the former test may still count. */
const accepted = (send: () => ReturnType<DocumentClient['send']>) =>
  vi.waitFor(async () => {
    const sent = await send();
    expect(sent).toMatchObject({ status: 202 });
    return sent;
  }, SOON);
async function endOf(user: DocumentClient, accepted: readonly Accepted[]): Promise<void> {
  hold.resolve();
  for (const { eventsUrl } of accepted)
    expect((await user.as.eventsToEnd(eventsUrl)).at(-1)).toMatchObject({ type: 'document-ready' });
}

it('takes single uploads before a bulk import that came first', async () => {
  const [importer, ada] = [await DocumentClient.newUser(url), await DocumentClient.newUser(url)];
  const first = await send(importer, 'bulk-0.txt', '&lane=background');
  await vi.waitFor(() => expect(taken).toEqual(['bulk-0.txt']), SOON);
  const bulk = [first];
  for (const name of ['bulk-1.txt', 'bulk-2.txt']) bulk.push(await send(importer, name, '&lane=background'));
  const single = [await send(ada, 'single-1.txt'), await send(ada, 'single-2.txt')];
  await endOf(
    ada,
    single.map(({ json }) => json),
  );
  await endOf(
    importer,
    bulk.map(({ json }) => json),
  );
  expect(taken.slice(0, 3)).toEqual(['bulk-0.txt', 'single-1.txt', 'single-2.txt']);
  expect(taken.toSorted()).toEqual(['bulk-0.txt', 'bulk-1.txt', 'bulk-2.txt', 'single-1.txt', 'single-2.txt']);
}, 120_000);

it('limits the open documents of a user, and of all', async () => {
  const [ada, eve] = [await DocumentClient.newUser(url), await DocumentClient.newUser(url)];
  const open: Accepted[] = [];
  for (let n = 0; n < LIMITS.maxOpenPerUser; n += 1) open.push((await send(ada, `a${n}.txt`)).json);
  expect(await send(ada, 'more.txt')).toMatchObject(
    refused('document_limit_reached', '6 open documents (documents.maxOpenPerUser)'),
  );
  // Half of maxOpen is for single uploads only.
  const full = await send(eve, 'bulk.txt', '&lane=background');
  expect(full).toMatchObject(refused('queue_full', 'documents.maxOpen', 503));
  expect(full.headers.get('retry-after')).toMatch(/^\d+$/);
  const others = [(await send(eve, 'e1.txt')).json, (await send(eve, 'e2.txt')).json];
  expect(await send(eve, 'e3.txt')).toMatchObject(refused('queue_full', 'documents.maxOpen', 503));
  await endOf(ada, open);
  await endOf(eve, others);
}, 120_000);

it('limits the documents of a user, also of uploads at the same time, and counts deleted ones no more', async () => {
  hold.resolve();
  const [ada, eve] = [await DocumentClient.newUser(url), await DocumentClient.newUser(url)];
  const stored: Accepted[] = [];
  for (let n = 0; n < LIMITS.maxPerUser - 1; n += 1) {
    stored.push((await accepted(() => send(ada, `a${n}.txt`))).json);
    await endOf(ada, stored.slice(-1));
  }
  const together = await Promise.all([1, 2, 3, 4].map((n) => send(ada, `together-${n}.txt`)));
  expect(together.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(1);
  expect(together.filter(({ status }) => status !== 202)).toEqual(
    expect.arrayContaining([expect.objectContaining({ status: 409 })]),
  );
  await endOf(
    ada,
    together.flatMap(({ status, json }) => (status === 202 ? [json] : [])),
  );
  const { items } = (await ada.as.call<{ items: unknown[] }>('GET', '/documents?limit=50')).json;
  expect(items.length).toBeLessThanOrEqual(LIMITS.maxPerUser);
  await accepted(() => send(eve, 'other.txt'));
  await ada.as.call('DELETE', `/documents/${stored[0]!.documentId}`);
  await accepted(() => send(ada, 'after.txt'));
}, 120_000);

it('limits the bytes of a user', async () => {
  hold.resolve();
  const ada = await DocumentClient.newUser(url);
  const sendBytes = (name: string, bytes: number) =>
    ada.send(`?name=${name}`, name[0]!.repeat(bytes), { 'content-type': 'text/plain' });
  const { json } = await accepted(() => sendBytes('a.txt', 4_000));
  expect(await sendBytes('b.txt', 1_001)).toMatchObject(refused('document_too_large', '1000 bytes', 413));
  await accepted(() => sendBytes('c.txt', 1_000));
  expect(await sendBytes('d.txt', 1)).toMatchObject(
    refused('document_limit_reached', '5000 bytes (documents.maxBytesPerUser)'),
  );
  await ada.as.call('DELETE', `/documents/${json.documentId}`);
  await accepted(() => sendBytes('d.txt', 1));
}, 120_000);
