import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from './client.js';
import { hashOf } from './hash-of.js';
import { HttpServers } from './http-servers.js';
import { startStandalone, untilReady, type System } from './system.js';

const SECRET = 'a-secret-of-open-webui';

/** POSTs that change nothing. */
const READS = ['/slipstream/v1/assets/signed-urls', '/slipstream/v1/documents/search', '/admin/queries/{id}/explain'];

/** The part of an OpenAPI document that says what there is. */
interface Description {
  paths: Record<string, { post?: object }>;
}

describe('Idempotency-Key', () => {
  const servers = new HttpServers();
  /** Answers everything, so that the web pool is healthy. */
  const application = () => servers.serve((_, response) => response.end('ok'));
  let folder: string;
  let system: System;
  let client: Client;
  /** The management listener. */
  let admin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idempotency-'));
    const configFile = join(folder, 'slipstream.yaml');
    const web = { backends: [{ url: await application() }], overlayFile: join(folder, 'backends.json') };
    await writeFile(
      configFile,
      JSON.stringify({
        web,
        notifications: { openWebuiHooks: [{ id: 'main', hash: hashOf(SECRET), recipients: ['nobody'] }] },
      }),
    );
    system = await startStandalone({ SLIPSTREAM_CONFIG: configFile });
    await untilReady(system);
    client = new Client(system.gateways[0]!.url);
    admin = system.gateways[0]!.managementUrl;
  });
  afterAll(async () => {
    await system.stop();
    servers.close();
    await rm(folder, { recursive: true });
  });

  const adminCall = async (path: string, body: object, key: string) => {
    const response = await fetch(`${admin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      text,
      code: text === '' ? undefined : (JSON.parse(text) as { code?: string }).code,
    };
  };
  const backends = async () =>
    ((await (await fetch(`${admin}/admin/backends`)).json()) as { items: { pool: string }[] }).items.filter(
      ({ pool }) => pool === 'web',
    ).length;

  it('is looked at by every POST of both APIs that changes something', async () => {
    const described = async (path: string) =>
      Object.entries(((await (await fetch(`${admin}${path}`)).json()) as Description).paths).flatMap(
        ([each, { post }]) => (post && !READS.includes(each) ? [each] : []),
      );
    const natives = await described('/docs-json');
    const admins = await described('/docs/admin-json');
    expect(natives.length + admins.length).toBeGreaterThanOrEqual(9);
    for (const path of [...natives.map((each) => client.url + each), ...admins.map((each) => admin + each)]) {
      const url = path.replace('{secret}', SECRET).replaceAll(/\{\w+\}/g, 'x');
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'two words' },
        body: '{}',
      });
      expect([path, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        path,
        400,
        'invalid_idempotency_key',
      ]);
    }
  });

  it.each<[string, object, object, number]>([
    ['/admin/backends', { url: 'http://127.0.0.1:10' }, { url: 'http://127.0.0.1:11' }, 201],
    ['/admin/cache/purge', { tag: 'a' }, { tag: 'b' }, 204],
    ['/admin/queues/chat_queue/dead-letters/replay', {}, { other: true }, 200],
  ])('gives the same answer of %s to the same call, and refuses another body', async (path, body, other, status) => {
    const key = randomUUID();
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await adminCall(path, body, key));
    expect(answers[0]?.status).toBe(status);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await adminCall(path, other, key)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it('has a call done once that many send at a time', async () => {
    const before = await backends();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => adminCall('/admin/backends', { url: 'http://127.0.0.1:12' }, key)),
    );
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([201, 409])).size).toBe(0);
    expect(await adminCall('/admin/backends', { url: 'http://127.0.0.1:12' }, key)).toEqual(
      answers.find(({ status }) => status === 201),
    );
    expect(await backends()).toBe(before + 1);
  });

  it('forgets a call that failed', async () => {
    const key = randomUUID();
    for (let n = 0; n < 2; n += 1)
      expect(await adminCall('/admin/queues/no_such_queue/dead-letters/replay', {}, key)).toMatchObject({
        status: 404,
        code: 'invalid_queue',
      });
  });

  it("is honoured by Open WebUI's hook, by its secret alone", async () => {
    const key = { 'idempotency-key': randomUUID() };
    const event = { action: 'signup', message: 'Bob' };
    const path = `/hooks/open-webui/${SECRET}`;
    const answers = [await client.call('POST', path, event, key), await client.call('POST', path, event, key)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      Array.from({ length: 2 }, () => [202, '{"recipients":0}']),
    );
    expect(await client.call('POST', path, { ...event, message: 'Eve' }, key)).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
  });
});
