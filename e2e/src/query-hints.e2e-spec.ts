import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueryHint, QueryHintList, QueryList } from '@slipstream/contracts';
import { Client } from './client.js';
import { startStandalone, untilReady, type System } from './system.js';

let system: System;
let client: Client;
let userId: string;

beforeAll(async () => {
  system = await startStandalone();
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
  ({ userId } = await client.chat());
  await client.call('GET', `/chats?userId=${userId}`);
});
afterAll(() => system.stop());

const url = (path: string): string => `${system.gateways[0]!.managementUrl}/admin/queries${path}`;
const get = async <T>(path: string): Promise<T> => (await (await fetch(url(path))).json()) as T;
const post = (path: string, body: object): Promise<Response> =>
  fetch(url(path), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

it('refuses a hint that is not measured better, and one without confirmation', async () => {
  const { items } = await get<QueryList>('');
  const shape = items.find(({ operation, collection }) => `${operation} ${collection}` === 'find chats');
  expect((await post('/hints', { query: shape!.id })).status).toBe(400);
  const response = await post('/hints', { query: shape!.id, confirm: true });
  expect(response.status).toBe(200);
  expect((await response.json()) as QueryHint).toMatchObject({
    query: shape!.id,
    collection: 'chats',
    state: 'refused',
  });
  expect(await get<QueryHintList>('/hints')).toMatchObject({ items: [{ query: shape!.id, state: 'refused' }] });
  const removed = await post('/hints/remove', { query: shape!.id, confirm: true });
  expect(await removed.json()).toMatchObject({ status: 404, code: 'query_hint_not_found' });
  expect((await client.call('GET', `/chats?userId=${userId}`)).status).toBe(200);
});
