import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from './client.js';
import { hashOf } from './hash-of.js';
import { startStandalone, untilReady, type System } from './system.js';

const ADA = randomUUID();

let folder: string;
let system: System;
let as: (key?: string, headers?: Record<string, string>) => Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
  const keys = [
    { id: 'ops', role: 'admin', hash: hashOf('slip_admin') },
    { id: 'app', role: 'service', hash: hashOf('slip_service') },
    { id: 'ada', role: 'user', user: ADA, hash: hashOf('slip_ada') },
  ];
  const file = join(folder, 'slipstream.yaml');
  await writeFile(file, JSON.stringify({ keys }));
  system = await startStandalone({ SLIPSTREAM_CONFIG: file });
  await untilReady(system);
  as = (key, headers = {}) =>
    new Client(system.gateways[0]!.url, { ...(key && { authorization: `Bearer ${key}` }), ...headers });
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

describe('with keys', () => {
  it.each(['/users', '/models', '/v1/models'])('nobody without one reaches %s, loopback or not', async (path) => {
    const { status, headers } = await as().call('GET', path);
    expect([status, headers.get('content-type')]).toEqual([401, expect.stringContaining('json')]);
  });

  it('health and metrics stay open; admin needs an admin', async () => {
    const { managementUrl } = system.gateways[0]!;
    const status = async (path: string, key?: string) =>
      (await fetch(`${managementUrl}${path}`, key ? { headers: { authorization: `Bearer ${key}` } } : {})).status;
    expect([await status('/health/ready'), await status('/health/live'), await status('/metrics')]).toEqual([
      200, 200, 200,
    ]);
    expect([await status('/admin/backends'), await status('/admin/backends', 'slip_service')]).toEqual([401, 403]);
    expect(await status('/admin/backends', 'slip_admin')).toBe(200);
  });

  it('the index page links to every page of admin that needs no id', async () => {
    const { managementUrl } = system.gateways[0]!;
    const index = await (await fetch(managementUrl)).text();
    const links = new Set([...index.matchAll(/href="([^"]+)"/g)].map(([, path]) => path));
    const description = (await (await fetch(`${managementUrl}/docs/admin-json`)).json()) as { paths: object };
    const pages = Object.entries(description.paths)
      .filter(([path, calls]) => 'get' in (calls as object) && !path.includes('{'))
      .map(([path]) => path);
    expect(pages).toContain('/admin/audit');
    expect(pages.filter((path) => path !== '/' && !links.has(path))).toEqual([]);
    const headers = { authorization: 'Bearer slip_admin' };
    const statuses = [...links].map(async (path) => (await fetch(`${managementUrl}${path}`, { headers })).status);
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
  });

  it("one user's things do not exist for another", async () => {
    const service = as('slip_service');
    const { id: bob } = await service.make<{ id: string }>('/users', { name: 'Bob' });
    const bobs = as('slip_service', { 'x-slipstream-user': bob });
    const { id: chatId } = await bobs.make<{ id: string }>('/chats', { userId: bob, title: 'Private' });
    const { jobId, eventsUrl } = await bobs.post(chatId, 'a secret');
    await bobs.eventsToEnd(eventsUrl);

    for (const other of [
      as('slip_ada'),
      as('slip_ada', { 'x-slipstream-user': bob }),
      as('slip_service'),
      as('slip_service', { 'x-slipstream-user': ADA }),
    ]) {
      const seen = await Promise.all([
        other.call('GET', `/users/${bob}`),
        other.call('PATCH', `/users/${bob}`, { name: 'Mallory' }),
        other.call('DELETE', `/users/${bob}`),
        other.call('GET', `/chats?userId=${bob}`),
        other.call('POST', '/chats', { userId: bob }),
        other.call('GET', `/chats/${chatId}`),
        other.call('PATCH', `/chats/${chatId}`, { title: 'Mine' }),
        other.call('DELETE', `/chats/${chatId}`),
        other.call('GET', `/chats/${chatId}/messages`),
        other.call('POST', `/chats/${chatId}/messages`, { content: 'hi' }),
        other.call('GET', `/jobs/${jobId}`),
        other.call('DELETE', `/jobs/${jobId}`),
        other.call('GET', eventsUrl),
      ]);
      expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([404]));
      expect(seen.map(({ text }) => text).join()).not.toContain('secret');
    }
    expect((await bobs.call('GET', `/chats/${chatId}`)).status).toBe(200);
    expect((await as('slip_admin').call('GET', `/chats/${chatId}`)).status).toBe(200);
  });

  it('a user creates no users, and sees no list of them', async () => {
    expect((await as('slip_ada').call('POST', '/users', { name: 'Eve' })).status).toBe(403);
    expect((await as('slip_ada').call('GET', '/users')).status).toBe(403);
    expect((await as('slip_service').call('GET', '/users')).status).toBe(403);
    expect((await as('slip_admin').call('GET', '/users')).status).toBe(200);
  });
});
