import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueryList } from '@slipstream/contracts';
import { Client } from './client.js';
import { ownPrefixEnv } from './own-prefix.js';
import { startSystem, untilReady, type System } from './system.js';

/** Queries that come by the clock: sweepers, the count of open jobs (once a second), the check for cancellations. */
const BY_THE_CLOCK = /wakeAt|dueAt|setAt|cancelRequestedAt":"\?"\}\}|^\{"pipeline":\[\{"\$match":\{"state"/;

let gateway: System;
let client: Client;

beforeAll(async () => {
  gateway = await startSystem(['gateway'], await ownPrefixEnv());
  await untilReady(gateway);
  client = new Client(gateway.gateways[0]!.url);
  const { userId } = await client.chat();
  await vi.waitFor(
    async () => expect(await costOf(() => client.call('GET', `/users/${userId}`))).toBe(0), // the cache is in use
    { timeout: 30_000 },
  );
});
afterAll(() => gateway.stop());

/** Round trips to the database so far, of all processes. */
async function roundTrips(): Promise<number> {
  const response = await fetch(`${gateway.gateways[0]!.managementUrl}/admin/queries`);
  const { items } = (await response.json()) as QueryList;
  return items.filter(({ query }) => !BY_THE_CLOCK.test(query)).reduce((sum, { count }) => sum + count, 0);
}

async function costOf(call: () => Promise<unknown>): Promise<number> {
  const before = await roundTrips();
  await call();
  return (await roundTrips()) - before;
}

const post = (chatId: string, headers = {}) =>
  client.call<{ jobId: string }>('POST', `/chats/${chatId}/messages`, { content: 'hi', model: 'demo-echo' }, headers);

describe('round trips to the database', () => {
  const made = { userId: '', chatId: '', jobId: '' };

  /** Call, round trips, and whether an equal call precedes it. */
  const calls: [string, () => Promise<unknown>, number, isPrimed?: boolean][] = [
    ['POST /users', async () => (made.userId = (await client.make<{ id: string }>('/users', { name: 'Ada' })).id), 1],
    ['GET /users/{id}, cached', () => client.call('GET', `/users/${made.userId}`), 0, true],
    ['PATCH /users/{id}', () => client.call('PATCH', `/users/${made.userId}`, { name: 'A' }), 1],
    ['GET /users', () => client.call('GET', '/users'), 1],
    [
      'POST /chats',
      async () => (made.chatId = (await client.make<{ id: string }>('/chats', { userId: made.userId, title: 't' })).id),
      3,
    ],
    ['GET /chats', () => client.call('GET', `/chats?userId=${made.userId}`), 1],
    ['GET /chats/{id}, cached', () => client.call('GET', `/chats/${made.chatId}`), 0, true],
    ['PATCH /chats/{id}', () => client.call('PATCH', `/chats/${made.chatId}`, { title: 'u' }), 1],
    ['POST /chats/{id}/messages, the first', () => post(made.chatId), 4],
    ['POST /chats/{id}/messages, a later one', async () => (made.jobId = (await post(made.chatId)).json.jobId), 2],
    ['POST /chats/{id}/messages, with Idempotency-Key', () => post(made.chatId, { 'idempotency-key': 'k' }), 2],
    ['POST /chats/{id}/messages, repeated', () => post(made.chatId, { 'idempotency-key': 'k' }), 3],
    ['GET /chats/{id}/messages', () => client.call('GET', `/chats/${made.chatId}/messages`), 1],
    ['GET /jobs/{id}', () => client.call('GET', `/jobs/${made.jobId}`), 1],
    ['DELETE /jobs/{id}', () => client.call('DELETE', `/jobs/${made.jobId}`), 3],
    ['GET /users/{id}/notifications', () => client.call('GET', `/users/${made.userId}/notifications`), 1],
  ];

  it.each(calls)('%s', async (_, call, expected, isPrimed) => {
    if (isPrimed) await call();
    expect(await costOf(call)).toBe(expected);
  });
});
