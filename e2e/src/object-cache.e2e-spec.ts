import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

describe('the native API through two gateways that cache', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem(['gateway', 'gateway'], storesEnv());
    await untilReady(system);
  });
  afterAll(() => system.stop());

  const call = async (gateway: number, method: string, path: string, body?: object) => {
    const response = await fetch(`${system.gateways[gateway]!.url}/slipstream/v1${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    expect([response.status, method, path]).toSatisfy(([status]) => status === 404 || response.ok);
    return response.status === 204
      ? undefined
      : ((await response.json()) as {
          id: string;
          name?: string;
          title?: string;
          items?: { id: string; title: string }[];
        });
  };
  const soon = { interval: 2, timeout: 15_000 };
  /** Both gateways have read it, so both have it in memory. */
  const readByBoth = (path: string) => Promise.all([0, 1, 0, 1].map((gateway) => call(gateway, 'GET', path)));

  it('agree about a person, whoever wrote', async () => {
    const { id } = (await call(0, 'POST', '/users', { name: 'Ada' }))!;
    await readByBoth(`/users/${id}`);
    for (const [i, name] of ['Grace', 'Barbara', 'Frances'].entries()) {
      await call(i % 2, 'PATCH', `/users/${id}`, { name });
      expect((await call(i % 2, 'GET', `/users/${id}`))?.name).toBe(name);
      await vi.waitFor(async () => expect((await call(1 - (i % 2), 'GET', `/users/${id}`))?.name).toBe(name), soon);
    }
  });

  it('agree about chats and their lists', async () => {
    const { id: userId } = (await call(0, 'POST', '/users', { name: 'Ada' }))!;
    const titles = async (gateway: number) =>
      (await call(gateway, 'GET', `/chats?userId=${userId}`))!.items!.map(({ title }) => title).sort();
    await readByBoth(`/chats?userId=${userId}`);
    const { id } = (await call(0, 'POST', '/chats', { userId, title: 'one' }))!;
    expect(await titles(0)).toEqual(['one']);
    await vi.waitFor(async () => expect(await titles(1)).toEqual(['one']), soon);
    await call(1, 'POST', '/chats', { userId, title: 'two' });
    await call(1, 'PATCH', `/chats/${id}`, { title: 'first' });
    expect(await titles(1)).toEqual(['first', 'two']);
    await vi.waitFor(async () => expect(await titles(0)).toEqual(['first', 'two']), soon);
    await call(0, 'DELETE', `/chats/${id}`);
    await vi.waitFor(async () => expect(await titles(1)).toEqual(['two']), soon);
    await vi.waitFor(
      async () => expect(await call(1, 'GET', `/chats/${id}`)).toMatchObject({ code: 'chat_not_found' }),
      soon,
    );
  });

  it('answer from the cache, and say so', async () => {
    const { id } = (await call(0, 'POST', '/users', { name: 'Ada' }))!;
    const memoryReads = async () => {
      const { objects } = (await (await fetch(`${system.gateways[0]!.managementUrl}/admin/cache`)).json()) as {
        objects: { patterns: Record<string, { reads: { memory: number } }> };
      };
      return objects.patterns.user!.reads.memory;
    };
    const before = await memoryReads();
    await vi.waitFor(async () => {
      await call(0, 'GET', `/users/${id}`);
      expect(await memoryReads()).toBeGreaterThan(before);
    });
  });
});
