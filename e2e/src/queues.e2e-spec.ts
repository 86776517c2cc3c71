import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBroker } from '@slipstream/rabbitmq';
import { Client } from './client.js';
import { startStandalone, startSystem, storesEnv, untilReady, type System } from './system.js';

interface Letter {
  id?: string;
  reason: string;
  attempt: number;
}

const DEADLINE = { timeout: 20_000, interval: 50 };

describe('the queues on the management port', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem(['gateway', 'document-worker']);
    await untilReady(system);
  });
  afterAll(() => system.stop());

  const admin = async (path = '', method = 'GET') => {
    const response = await fetch(`${system.gateways[0]!.managementUrl}/admin/queues${path}`, { method });
    const text = await response.text();
    return {
      status: response.status,
      json: (text === '' ? {} : JSON.parse(text)) as { items: Letter[]; code?: string },
    };
  };
  const letter = async (id: string) =>
    (await admin('/document_queue/dead-letters?limit=1000')).json.items.find((each) => each.id === id);

  /** A message that the document-worker has no handler for. */
  async function bury(): Promise<string> {
    const id = randomUUID();
    const silent = {
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      metrics: { published() {}, taken() {}, consumed() {} },
    };
    const broker = createBroker({ url: storesEnv().RABBITMQ_URL, ...silent });
    await broker.publish('document_queue', { id, type: 'chat.generate', payload: { jobId: 'j', chatId: 'c' } });
    await broker.close();
    await vi.waitFor(
      async () => expect(await letter(id)).toMatchObject({ attempt: 1, reason: expect.stringContaining('no handler') }),
      DEADLINE,
    );
    return id;
  }

  it('are listed with their depths, rates and consumers', async () => {
    const { status, json } = await admin();
    expect(status).toBe(200);
    expect(json.items).toMatchObject(
      ['chat_queue', 'document_queue', 'notification_queue'].map((queue) => ({
        queue,
        lanes: [
          {
            lane: 'interactive',
            ready: expect.any(Number),
            delayed: expect.any(Number),
            consumers: expect.any(Number),
          },
          { lane: 'background' },
        ],
        deadLetters: expect.any(Number),
        inWork: expect.any(Number),
        publishedPerSecond: expect.any(Number),
      })),
    );
  });

  it('show a dead letter with its reason, and put it back, where it fails again', async () => {
    const id = await bury();
    expect((await admin(`/document_queue/dead-letters/${id}/replay`, 'POST')).status).toBe(204);
    await vi.waitFor(
      async () => expect(await letter(id)).toMatchObject({ reason: expect.stringContaining('no handler') }),
      DEADLINE,
    );
    expect((await admin(`/document_queue/dead-letters/${id}`, 'DELETE')).status).toBe(204);
    expect(await letter(id)).toBeUndefined();
  });

  it('delete one, which is not there a second time', async () => {
    const id = await bury();
    expect((await admin(`/document_queue/dead-letters/${id}`, 'DELETE')).status).toBe(204);
    expect(await admin(`/document_queue/dead-letters/${id}`, 'DELETE')).toMatchObject({
      status: 404,
      json: { code: 'dead_letter_not_found' },
    });
    expect(await admin(`/document_queue/dead-letters/${id}/replay`, 'POST')).toMatchObject({
      status: 404,
      json: { code: 'dead_letter_not_found' },
    });
  });

  it.each([
    ['a queue that there is not', '/chat/dead-letters', 404, 'invalid_queue'],
    ['a limit that is none', '/chat_queue/dead-letters?limit=0', 400, 'invalid_request'],
    ['a parameter that there is not', '/chat_queue/dead-letters?page=2', 400, 'invalid_request'],
  ])('refuse %s', async (_, path, status, code) => {
    expect(await admin(path)).toMatchObject({ status, json: { code } });
  });
});

describe('lanes and their limit', () => {
  it('answers background messages too, and pushes back when too many are open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
    await writeFile(join(folder, 'slipstream.yaml'), 'chat: { maxOpenJobs: 2 }\n');
    const system = await startStandalone({ SLIPSTREAM_CONFIG: join(folder, 'slipstream.yaml') });
    await untilReady(system);
    const client = new Client(system.gateways[0]!.url);
    const { chatId } = await client.chat();
    const post = (lane: string, model: string, key?: string) =>
      client.call<{ eventsUrl: string; code: string }>(
        'POST',
        `/chats/${chatId}/messages`,
        { content: 'hi', model, lane },
        key ? { 'idempotency-key': key } : {},
      );

    const background = await post('background', 'demo-slow', 'first');
    expect(background.status).toBe(202);
    const refused = await post('background', 'demo-echo', 'again');
    expect(refused).toMatchObject({ status: 503, json: { code: 'queue_full' } });
    expect(refused.headers.get('retry-after')).toBe('10');
    const interactive = await post('interactive', 'demo-echo');
    expect(interactive.status).toBe(202);
    expect(await post('interactive', 'demo-echo')).toMatchObject({ status: 503, json: { code: 'queue_full' } });
    expect(await post('background', 'demo-slow', 'first')).toMatchObject({ status: 202, json: background.json });
    expect(await post('express', 'demo-echo')).toMatchObject({ status: 400, json: { code: 'invalid_request' } });

    for (const { json } of [background, interactive])
      expect((await client.eventsToEnd(json.eventsUrl)).at(-1)?.type).toBe('message-completed');
    await vi.waitFor(async () => expect((await post('background', 'demo-echo', 'again')).status).toBe(202), DEADLINE);
    await system.stop();
  });
});
