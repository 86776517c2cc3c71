import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MongoClient } from 'mongodb';
import type { QueryHint, QueryHintList, QueryList } from '@slipstream/contracts';
import { FaultyWire, type Fault } from '@slipstream/mongo/testing';
import { Client } from './client.js';
import { ownPrefixEnv } from './own-prefix.js';
import { startService, type ServiceProcess } from './process.js';
import { untilReady } from './system.js';

const EXAMINED = 2_000;
const INDEX = 'userId_1';
const SOON = { timeout: 30_000, interval: 100 };

let mongo: MongoClient;
let wires: FaultyWire[];
/** Operators call the first one; the commands of the second one are watched. */
let first: ServiceProcess;
let second: ServiceProcess;
let userId: string;

beforeAll(async () => {
  const env = await ownPrefixEnv();
  wires = await Promise.all([env.MONGODB_URI!, env.MONGODB_URI!].map((uri) => FaultyWire.before(uri)));
  wires[0]!.fault = misled;
  [first, second] = (await Promise.all(
    wires.map(({ uri }) => startService('gateway', { ...env, MONGODB_URI: uri })),
  )) as [ServiceProcess, ServiceProcess];
  await untilReady({ gateways: [], all: [first, second], stop: async () => undefined });
  mongo = await MongoClient.connect(env.MONGODB_URI!);
  ({ userId } = await new Client(first.url).chat());
  await mongo.db().collection('chats').createIndex({ userId: 1 });
  await mongo.db().collection('chats').dropIndex('userId_1_createdAt_-1__id_-1');
});
afterAll(async () => {
  await mongo.close();
  await Promise.all([first.stop(), second.stop()]);
  wires.forEach((wire) => wire.close());
});

/** A planner that scans the collection unless the query names an index. */
const misled: Fault = (command, { explain }) =>
  command === 'explain' && (explain as { hint?: unknown }).hint === undefined ? SCAN : undefined;

const SCAN = {
  explainVersion: '1',
  queryPlanner: { namespace: 'e2e.chats', winningPlan: { stage: 'COLLSCAN', direction: 'forward' } },
  executionStats: {
    executionSuccess: true,
    nReturned: 1,
    totalKeysExamined: 0,
    totalDocsExamined: EXAMINED,
    executionStages: { stage: 'COLLSCAN', nReturned: 1, docsExamined: EXAMINED },
  },
  ok: 1,
};

/** The default page would come from the cache. */
const listChats = ({ url }: ServiceProcess) => new Client(url).call('GET', `/chats?userId=${userId}&limit=7`);

const url = (path: string): string => `${first.managementUrl}/admin/queries${path}`;
const get = async <T>(path: string): Promise<T> => (await (await fetch(url(path))).json()) as T;

async function post(path: string, query: string, more: { index?: string } = {}): Promise<QueryHint> {
  const response = await fetch(url(path), {
    method: 'POST',
    body: JSON.stringify({ query, confirm: true, ...more }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as QueryHint;
}

/** The index that the second gateway names when it lists chats. */
async function sentHint(): Promise<unknown> {
  let hint: unknown;
  wires[1]!.fault = (command, body) => void (command === 'find' && body.find === 'chats' && (hint = body.hint));
  expect((await listChats(second)).status).toBe(200);
  return hint;
}

it('a hint that one gateway activates is used by another one, until it is removed', async () => {
  await listChats(first);
  expect(await sentHint()).toBeUndefined();
  const { items } = await get<QueryList>('');
  const { id } = items.find(
    ({ operation, collection, query }) => `${operation} ${collection}` === 'find chats' && query.includes('"sort"'),
  )!;
  const hint = await post('/hints', id, { index: INDEX });
  expect(hint).toMatchObject({ state: 'active', index: INDEX });
  expect(hint).toMatchObject({ without: { docsExamined: EXAMINED }, with: { docsExamined: 1 } });
  await vi.waitFor(async () => expect(await sentHint()).toBe(INDEX), SOON);
  expect(await post('/hints/remove', id)).toMatchObject({ state: 'removed' });
  await vi.waitFor(async () => expect(await sentHint()).toBeUndefined(), SOON);
  expect(await get<QueryHintList>('/hints')).toMatchObject({ items: [{ query: id, state: 'removed' }] });
});

it('a query is served without its hint after the index was dropped', async () => {
  const { items } = await get<QueryHintList>('/hints');
  const { query } = items[0]!;
  await post('/hints', query, { index: INDEX });
  await vi.waitFor(async () => expect(await sentHint()).toBe(INDEX), SOON);
  await mongo.db().collection('chats').dropIndex(INDEX);
  expect((await listChats(second)).json).toMatchObject({ items: [{ userId }] });
  await vi.waitFor(() => expect(second.logs.some(({ msg }) => String(msg).startsWith('a hint failed'))).toBe(true));
  expect(await sentHint()).toBeUndefined();
});
