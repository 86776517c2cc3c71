import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueryList } from '@slipstream/contracts';
import { Client } from './client.js';
import { ownPrefixEnv } from './own-prefix.js';
import { startSystem, untilReady, type System } from './system.js';

describe('GET /admin/queries', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem(['gateway', 'chat-worker', 'notification-worker'], await ownPrefixEnv());
    await untilReady(system);
  });
  afterAll(() => system.stop());

  const list = async (): Promise<QueryList> => {
    const response = await fetch(`${system.gateways[0]!.managementUrl}/admin/queries`);
    expect(response.status).toBe(200);
    return (await response.json()) as QueryList;
  };

  it('shows the queries of gateway and workers by shape, with their times and without a value', async () => {
    const client = new Client(system.gateways[0]!.url);
    const { chatId } = await client.chat();
    const posted = await client.call<{ eventsUrl: string }>('POST', `/chats/${chatId}/messages`, {
      content: 'a secret question',
      model: 'demo-echo',
    });
    expect((await client.eventsToEnd(posted.json.eventsUrl)).at(-1)?.type).toBe('message-completed');
    await vi.waitFor(
      async () => {
        const { processes, evicted, items } = await list();
        expect({ processes, evicted }).toEqual({ processes: 3, evicted: 0 });
        const shapes = items.map(({ operation, collection }) => `${operation} ${collection}`);
        expect(shapes).toEqual(expect.arrayContaining(['insert jobs', 'findAndModify jobs', 'find notifications']));
      },
      { timeout: 20_000 },
    );
    const { items } = await list();
    for (const item of items) {
      expect(item.count).toBeGreaterThan(0);
      expect(item.p50Ms).toBeLessThanOrEqual(item.p99Ms);
      expect(item.p99Ms).toBeLessThanOrEqual(item.maxMs);
    }
    const claim = items.find(({ operation, collection }) => `${operation} ${collection}` === 'findAndModify jobs');
    const plan = await fetch(`${system.gateways[0]!.managementUrl}/admin/queries/${claim!.id}/explain`, {
      method: 'POST',
    });
    expect({ status: plan.status, ...((await plan.json()) as object) }).toMatchObject({ status: 200, findings: [] });
    for (const value of ['a secret question', chatId]) expect(JSON.stringify(items)).not.toContain(value);
  });
});
