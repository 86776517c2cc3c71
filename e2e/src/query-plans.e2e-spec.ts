import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { QueryList, QueryPlan } from '@slipstream/contracts';
import { Client } from './client.js';
import { DocumentClient } from './documents/document-client.js';
import { startStandalone, untilReady, type System } from './system.js';

let system: System;
let client: Client;

beforeAll(async () => {
  system = await startStandalone();
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
});
afterAll(() => system.stop());

/** The driver's GridFS reads any one file before it makes its indexes. */
const isFirstLook = (query: string): boolean => query === '{"filter":{},"fields":["_id"],"limit":"?"}';

/** Each is read or changed by at least one call. */
const COLLECTIONS = ['users', 'chats', 'jobs', 'notifications', 'documents', 'index_trials', 'query_hints'];

const DEADLINE = { timeout: 30_000, interval: 100 };

async function admin<T>(path: string, method = 'GET'): Promise<T> {
  const response = await fetch(`${system.gateways[0]!.managementUrl}/admin/queries${path}`, { method });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Every call of the native API once, with a second page where it has one. */
async function callEverything(): Promise<void> {
  const { userId, chatId } = await client.chat();
  const other = await client.chat();
  await client.call('POST', '/chats', { userId, title: 'second' }, { 'idempotency-key': 'a-chat' });
  for (const path of ['/users', `/chats?userId=${userId}`, `/users/${userId}/notifications`, '/documents', '/models'])
    await pages(path);
  const first = await client.call<{ eventsUrl: string; jobId: string }>(
    'POST',
    `/chats/${chatId}/messages`,
    { content: 'one', model: 'demo-echo', notify: true },
    { 'idempotency-key': 'a-message' },
  );
  await client.eventsToEnd(first.json.eventsUrl);
  const slow = await client.call<{ jobId: string; eventsUrl: string }>('POST', `/chats/${chatId}/messages`, {
    content: 'two',
    model: 'demo-slow',
  });
  await client.call('DELETE', `/jobs/${slow.json.jobId}`);
  await client.eventsToEnd(slow.json.eventsUrl);
  await client.call('GET', `/jobs/${slow.json.jobId}`);
  await pages(`/chats/${chatId}/messages`);
  await client.call('PATCH', `/chats/${chatId}`, { title: 'changed' });
  await client.call('PATCH', `/users/${userId}`, { name: 'changed' });
  await client.call('POST', '/notifications', { userId, kind: 'test', data: {}, channel: 'inbox' });
  await vi.waitFor(async () => {
    const inbox = await client.call<{ items: unknown[] }>('GET', `/users/${userId}/notifications`);
    expect(inbox.json.items).not.toHaveLength(0);
  }, DEADLINE);
  await client.call('DELETE', `/chats/${chatId}`);
  await client.call('DELETE', `/users/${other.userId}`);
}

/** Documents, Open WebUI's document loader, and what operators read. */
async function callDocumentsAndAdmin(): Promise<void> {
  const text = Buffer.from('In fog, the siren sounds three times.');
  const owner = await DocumentClient.newUser(system.gateways[0]!.url);
  const { documentId } = await owner.ingest('fog.txt', text);
  await owner.ingest('again.txt', text);
  await owner.search('siren');
  await owner.as.call('GET', '/documents?limit=1');
  await owner.as.call('GET', `/documents/${documentId}`);
  const chat = await owner.as.call<{ id: string }>('POST', '/chats', { userId: owner.userId, title: 'fog' });
  const question = { content: 'How often does the siren sound?', model: 'demo-echo', documentIds: [documentId] };
  for (const content of [question.content, 'Again?']) {
    const { json } = await owner.as.call<{ eventsUrl: string }>('POST', `/chats/${chat.json.id}/messages`, {
      ...question,
      content,
    });
    await owner.as.eventsToEnd(json.eventsUrl);
  }
  const loaded = await fetch(`${system.gateways[0]!.url}/slipstream/v1/loader/process`, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain', 'x-filename': 'fog.txt', 'x-openwebui-user-id': '2b1c' },
    body: text,
  });
  expect(loaded.status).toBe(200);
  expect((await owner.as.call('DELETE', `/documents/${documentId}`)).status).toBe(204);
  for (const path of ['/indexes', '/hints', '/advice']) await admin(path);
}

async function pages(path: string): Promise<void> {
  const withLimit = `${path}${path.includes('?') ? '&' : '?'}limit=1`;
  const first = await client.call<{ nextCursor?: string }>('GET', withLimit);
  if (first.json.nextCursor) await client.call('GET', `${withLimit}&cursor=${first.json.nextCursor}`);
}

it('serves every read and write of the native API from an index, without a sort in memory', async () => {
  await callEverything();
  await callDocumentsAndAdmin();
  const { items, explainRefusal } = await admin<QueryList>('');
  expect(explainRefusal).toBeUndefined();
  const readers = items.filter(
    ({ operation, query }) => operation !== 'insert' && !query.includes('$indexStats') && !isFirstLook(query),
  );
  expect(readers.map(({ collection }) => collection)).toEqual(expect.arrayContaining(COLLECTIONS));
  expect(readers.length).toBeGreaterThan(30);
  const faults: string[] = [];
  for (const { id, operation, collection, query } of readers) {
    const plan = await admin<QueryPlan>(`/${id}/explain`, 'POST');
    const codes = plan.findings.map(({ code }) => code);
    const scans = plan.stages.some(({ stage }) => stage === 'COLLSCAN');
    if (scans || plan.isSortedInMemory || codes.length > 0)
      faults.push(
        `${operation} ${collection} ${query}: ${codes.join()} ${plan.stages.map(({ stage }) => stage).join()}`,
      );
  }
  expect(faults).toEqual([]);
});
