import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryList } from '@slipstream/contracts';
import { Client } from './client.js';
import { startStandalone, untilReady, type System } from './system.js';

const OPERATOR = { $gt: '' };
const IN_URL = encodeURIComponent(JSON.stringify(OPERATOR));
const CURSOR = Buffer.from(JSON.stringify([OPERATOR, OPERATOR])).toString('base64url');

let system: System;
let client: Client;
let chatId: string;
let userId: string;
let before: string[];

beforeAll(async () => {
  system = await startStandalone();
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
  ({ chatId, userId } = await client.chat());
  before = await conditions();
});
afterAll(() => system.stop());

/** Sweepers compare times with it. */
const BY_THE_CLOCK = /wakeAt|dueAt|setAt/;

/** Conditions of the queries so far that contain the operator. */
async function conditions(): Promise<string[]> {
  const response = await fetch(`${system.gateways[0]!.managementUrl}/admin/queries`);
  const { items } = (await response.json()) as QueryList;
  return items
    .map(({ collection, query }) => `${collection} ${query}`)
    .filter((query) => query.includes('$gt"') && !BY_THE_CLOCK.test(query));
}

/** Each body of the native API. */
const BODIES: [method: string, path: () => string, body: () => Record<string, unknown>][] = [
  ['POST', () => '/users', () => ({ name: 'a', email: 'a@b.c' })],
  ['PATCH', () => `/users/${userId}`, () => ({ name: 'a', email: 'a@b.c' })],
  ['POST', () => '/chats', () => ({ userId, title: 't', model: 'demo-echo' })],
  ['PATCH', () => `/chats/${chatId}`, () => ({ title: 't', model: 'demo-echo' })],
  [
    'POST',
    () => `/chats/${chatId}/messages`,
    () => ({
      content: 'c',
      model: 'demo-echo',
      lane: 'background',
      deadline: '2030-01-01T00:00:00Z',
      documentIds: ['d'],
    }),
  ],
  ['POST', () => '/documents/search', () => ({ query: 'q', k: 3, documentIds: ['d'] })],
  [
    'POST',
    () => '/notifications',
    () => ({ userId, kind: 'message', data: { text: 't' }, url: 'https://a.example', channel: 'inbox' }),
  ],
  ['PATCH', () => `/users/${userId}/notifications/n`, () => ({ isRead: true })],
  [
    'PUT',
    () => `/users/${userId}/notification-preferences`,
    () => ({ email: 'a@b.c', webhook: { url: 'https://a.example' } }),
  ],
];

/** Each list, and each path with an id. */
const LISTS = [
  () => '/users?',
  () => `/chats?userId=${userId}&`,
  () => `/chats/${chatId}/messages?`,
  () => `/users/${userId}/notifications?`,
  () => '/documents?',
];
const BY_ID: [method: string, path: string][] = [
  ...['GET', 'PATCH', 'DELETE'].flatMap((method): [string, string][] => [
    [method, `/users/${IN_URL}`],
    [method, `/chats/${IN_URL}`],
  ]),
  ['GET', `/chats/${IN_URL}/messages`],
  ['POST', `/chats/${IN_URL}/messages`],
  ['GET', `/jobs/${IN_URL}`],
  ['DELETE', `/jobs/${IN_URL}`],
  ['GET', `/jobs/${IN_URL}/events`],
  ['GET', `/documents/${IN_URL}`],
  ['DELETE', `/documents/${IN_URL}`],
  ['GET', `/documents/${IN_URL}/events`],
  ['GET', `/notifications/${IN_URL}`],
  ['GET', `/users/${IN_URL}/notifications`],
];

describe('an operator of MongoDB in the input', () => {
  it.each(BODIES)('is refused in every field of the body: %s %#', async (method, path, body) => {
    for (const field of Object.keys(body())) {
      const { status, text } = await client.call(method, path(), { ...body(), [field]: OPERATOR });
      expect([field, status], text).toEqual([field, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
    }
    const list = await client.call(method, path(), [OPERATOR]);
    expect(list.status).toBe(400);
  });

  it('is refused inside of lists and objects of the body', async () => {
    const inLists = { content: 'c', documentIds: [OPERATOR] };
    expect((await client.call('POST', `/chats/${chatId}/messages`, inLists)).status).toBe(400);
    expect((await client.call('POST', '/documents/search', { query: 'q', documentIds: [OPERATOR] })).status).toBe(400);
    const inData = { userId, kind: 'message', data: { text: OPERATOR } };
    expect((await client.call('POST', '/notifications', inData)).status).toBe(400);
  });

  it.each(LISTS)('is refused in the query of a list: %#', async (path) => {
    for (const query of [`cursor=${CURSOR}`, `limit=${IN_URL}`])
      expect([query, (await client.call('GET', `${path()}${query}`)).status]).toEqual([query, 400]);
    for (const unknown of ['limit[$gt]=', 'cursor[$gt]=', 'userId[$gt]='])
      expect([200, 400]).toContain((await client.call('GET', `${path()}${unknown}`)).status);
  });

  it('is no user whose chats are listed', async () => {
    expect((await client.call('GET', `/chats?userId=${IN_URL}`)).status).toBe(400);
  });

  it.each(BY_ID)('is refused as an id: %s %s', async (method, path) => {
    const { status } = await client.call(method, path, method === 'POST' || method === 'PATCH' ? {} : undefined);
    expect([400, 404]).toContain(status);
  });

  it.each(['x-slipstream-user', 'idempotency-key', 'last-event-id'])('is only text in %s', async (field) => {
    const { status } = await client.call('GET', '/users?limit=1', undefined, { [field]: JSON.stringify(OPERATOR) });
    expect([200, 400, 403]).toContain(status);
  });

  it('never reached a query', async () => {
    expect((await conditions()).filter((query) => !before.includes(query))).toEqual([]);
  });
});
