import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MongoClient } from 'mongodb';
import type { IndexTrialList, QueryAdviceList, QueryList, QueryPlan } from '@slipstream/contracts';
import { Client } from './client.js';
import { startStandalone, storesEnv, untilReady, type System } from './system.js';

let system: System;
let client: Client;
let mongo: MongoClient;
let userId: string;

const LISTED = { userId: 1, createdAt: -1, _id: -1 } as const;
const CHATS = 3_000;
const OWNED = 20;

beforeAll(async () => {
  const { MONGODB_URI } = storesEnv();
  system = await startStandalone({ MONGODB_URI });
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
  mongo = await MongoClient.connect(MONGODB_URI);
  ({ userId } = await client.chat());
  const chats = mongo.db().collection<{ _id: string }>('chats');
  const createdAt = new Date();
  const chat = (n: number) => ({
    _id: `c${n}`,
    userId: n < OWNED ? userId : `u${n}`,
    title: 't',
    createdAt,
    updatedAt: createdAt,
  });
  await chats.insertMany(Array.from({ length: CHATS }, (_, n) => chat(n)));
  await chats.dropIndex('userId_1_createdAt_-1__id_-1');
  await chats.createIndex({ title: 1 });
  await chats.createIndex({ title: 1, model: 1 });
});
afterAll(async () => {
  await mongo.close();
  await system.stop();
});

const url = (path: string): string => `${system.gateways[0]!.managementUrl}/admin/${path}`;

async function get<T>(path: string): Promise<T> {
  const response = await fetch(url(path));
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const post = (path: string, body?: object): Promise<Response> =>
  fetch(url(path), {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

/** Explains the list of a user's chats, and returns its plan. */
async function explained(): Promise<QueryPlan> {
  await client.call('GET', `/chats?userId=${userId}`);
  const { items } = await get<QueryList>('queries');
  const shape = items.find(
    ({ operation, collection, query }) => `${operation} ${collection}` === 'find chats' && query.includes('"sort"'),
  );
  const response = await post(`queries/${shape!.id}/explain`);
  return (await response.json()) as QueryPlan;
}

const advice = async () =>
  (await get<QueryAdviceList>('queries/advice')).items.filter(({ collection }) => collection === 'chats');

async function trialOf(name: string) {
  return vi.waitFor(
    async () => {
      const { items } = await get<IndexTrialList>('queries/indexes');
      const trial = items.find((each) => each.name === name);
      expect(trial?.state).not.toBe('running');
      return trial!;
    },
    { timeout: 30_000 },
  );
}

it('advises the missing index; it is built on confirmation, measured, and kept', async () => {
  const before = await explained();
  expect(before.examinedPerReturned).toBeGreaterThan(100);
  expect(await advice()).toContainEqual(expect.objectContaining({ kind: 'create_index', index: LISTED }));
  const unconfirmed = await post('queries/indexes', { collection: 'chats', index: LISTED });
  expect(unconfirmed.status).toBe(400);
  const other = await post('queries/indexes', { collection: 'chats', index: { userId: -1 }, confirm: true });
  expect(other.status).toBe(409);
  const begun = await post('queries/indexes', { collection: 'chats', index: LISTED, confirm: true });
  expect(begun.status).toBe(202);
  expect(await trialOf('userId_1_createdAt_-1__id_-1')).toMatchObject({ state: 'kept' });
  expect(await explained()).toMatchObject({ examinedPerReturned: 1, isSortedInMemory: false, findings: [] });
  expect((await advice()).filter(({ kind }) => kind === 'create_index')).toEqual([]);
});

it('advises to hide a redundant index; it is hidden and stays, until a day has passed', async () => {
  const name = 'title_1';
  expect(await advice()).toContainEqual(expect.objectContaining({ kind: 'hide_index', name }));
  const hidden = await post('queries/indexes/hide', { collection: 'chats', name, confirm: true });
  expect(hidden.status).toBe(202);
  expect(await trialOf(name)).toMatchObject({ state: 'hidden' });
  const indexes = await mongo.db().collection('chats').indexes();
  expect(indexes.find((each) => each.name === name)).toMatchObject({ hidden: true });
  const dropped = await post('queries/indexes/drop', { collection: 'chats', name, confirm: true });
  expect(dropped.status).toBe(409);
  expect(await dropped.json()).toMatchObject({ code: 'index_watched' });
  const restored = await post('queries/indexes/restore', { collection: 'chats', name, confirm: true });
  expect(await restored.json()).toMatchObject({ state: 'restored' });
});

it('records each change in the audit log', async () => {
  const { items } = await get<{ items: { path: string; status: number }[] }>('audit');
  const changes = items.filter(({ path }) => path.startsWith('/admin/queries/indexes')).map(({ status }) => status);
  expect(changes.toSorted()).toEqual([200, 202, 202, 400, 409, 409]);
});
