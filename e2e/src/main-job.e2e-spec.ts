import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, isFinal, textOf, type StreamEvent } from './client.js';
import { startStandalone, startSystem, untilReady, type System } from './system.js';

const SERVICES = ['gateway', 'chat-worker', 'document-worker', 'notification-worker'];

const SYSTEMS: [string, () => Promise<System>][] = [
  ['standalone', () => startStandalone()],
  ['four processes', () => startSystem(SERVICES)],
  ['two gateways and two chat-workers', () => startSystem([...SERVICES, 'gateway', 'chat-worker'])],
];

describe.each(SYSTEMS)('%s', (_, start) => {
  let system: System;
  /** Writes at one gateway, and reads at the last. */
  let writer: Client;
  let reader: Client;

  beforeAll(async () => {
    system = await start();
    writer = new Client(system.gateways[0]!.url);
    reader = new Client(system.gateways.at(-1)!.url);
    await untilReady(system);
  });
  afterAll(() => system.stop());

  it('answers a message token by token, and keeps question and answer', async () => {
    const { chatId } = await writer.chat();
    const accepted = await writer.post(chatId, 'Name three primes, please.');
    const events = await reader.eventsToEnd(accepted.eventsUrl);
    expect(events.filter(({ type }) => type === 'message-delta').length).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({
      type: 'message-completed',
      data: { message: { role: 'assistant', content: textOf(events) } },
    });
    expect((await reader.call('GET', `/jobs/${accepted.jobId}`)).json).toMatchObject({
      state: 'succeeded',
      attempts: 1,
    });
    const history = await reader.call<{ items: { role: string; id: string }[] }>('GET', `/chats/${chatId}/messages`);
    expect(history.json.items.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(history.json.items[0]!.id).toBe(accepted.messageId);
    expect(history.json).not.toHaveProperty('nextCursor');
  });

  it('replays exactly the rest after any event, and has nothing after the last', async () => {
    const { chatId } = await writer.chat();
    const { eventsUrl } = await writer.post(chatId, 'one two three four five');
    const events = await writer.eventsToEnd(eventsUrl);
    for (const [index, { id }] of events.entries()) {
      const rest = await reader.eventsToEnd(eventsUrl, id);
      expect(rest).toEqual(events.slice(index + 1));
    }
    const past = await fetch(`${reader.url}${eventsUrl}`, { headers: { 'last-event-id': events.at(-1)!.id } });
    expect(past.status).toBe(204);
  });

  it('gives a reader who left in mid-stream exactly the rest', async () => {
    const { chatId } = await writer.chat();
    const { eventsUrl } = await writer.post(chatId, 'slowly', 'demo-slow');
    const head = await take(writer.events(eventsUrl), 5);
    const all = [...head, ...(await reader.eventsToEnd(eventsUrl, head.at(-1)!.id))];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.at(-1)?.data).toMatchObject({ message: { content: textOf(all) } });
  });

  it.each([
    ['/users', { name: 'Twice' }, { name: 'Other' }],
    ['/chats', { title: 'Twice' }, { title: 'Other' }],
  ])(
    'makes one resource of equal calls to %s under one Idempotency-Key, and refuses another body',
    async (path, fields, others) => {
      const { userId } = await writer.chat();
      const key = { 'idempotency-key': randomUUID() };
      const owner = path === '/chats' ? { userId } : {};
      const made = await Promise.all(
        Array.from({ length: 5 }, () => writer.call<{ id: string }>('POST', path, { ...owner, ...fields }, key)),
      );
      expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
      expect(new Set(made.map(({ text }) => text)).size).toBe(1);
      expect(await writer.call('POST', path, { ...owner, ...others }, key)).toMatchObject({
        status: 422,
        json: { code: 'idempotency_key_reused' },
      });
    },
  );

  it('makes one job of ten equal calls under one Idempotency-Key, and refuses another body', async () => {
    const { chatId } = await writer.chat();
    const key = { 'idempotency-key': randomUUID() };
    const path = `/chats/${chatId}/messages`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (__, index) =>
        (index % 2 ? writer : reader).call('POST', path, { content: 'only once' }, key),
      ),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(202);
    expect(await writer.call('POST', path, { content: 'different' }, key)).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
    const history = await writer.call<{ items: { content: string }[] }>('GET', path);
    expect(history.json.items.filter(({ content }) => content === 'only once')).toHaveLength(1);
  });

  it('answers two messages of one chat in order', async () => {
    const { chatId } = await writer.chat();
    const first = await writer.post(chatId, 'first of two', 'demo-slow');
    const second = await reader.post(chatId, 'second of two');
    await reader.eventsToEnd(second.eventsUrl);
    expect((await reader.call('GET', `/jobs/${first.jobId}`)).json).toMatchObject({ state: 'succeeded' });
  });

  it('cancels a running job from another gateway, and keeps what was written', async () => {
    const { chatId } = await writer.chat();
    const { eventsUrl, jobId } = await writer.post(chatId, 'a long story', 'demo-slow');
    const events: StreamEvent[] = [];
    for await (const event of writer.events(eventsUrl)) {
      events.push(event);
      if (events.length === 2) expect((await reader.call('DELETE', `/jobs/${jobId}`)).status).toBe(202);
      if (isFinal(event)) break;
    }
    expect(events.at(-1)?.type).toBe('cancelled');
    expect(events.length).toBeLessThan(60);
    expect((await reader.call('GET', `/jobs/${jobId}`)).json).toMatchObject({ state: 'cancelled' });
    const history = await reader.call<{ items: { state: string; content: string }[] }>(
      'GET',
      `/chats/${chatId}/messages`,
    );
    expect(history.json.items[1]).toMatchObject({ state: 'cancelled', content: textOf(events) });
  });

  it('cancels a job that waits, at once', async () => {
    const { chatId } = await writer.chat();
    const running = await writer.post(chatId, 'a long story', 'demo-slow');
    const waiting = await writer.post(chatId, 'never to be answered');
    expect((await writer.call('DELETE', `/jobs/${waiting.jobId}`)).json).toMatchObject({ state: 'cancelled' });
    expect((await reader.eventsToEnd(waiting.eventsUrl)).map(({ type }) => type)).toEqual(['cancelled']);
    await writer.call('DELETE', `/jobs/${running.jobId}`);
    await reader.eventsToEnd(running.eventsUrl);
  });

  it('does not begin what nobody waits for any more', async () => {
    const { chatId } = await writer.chat();
    const { json } = await writer.call<{ eventsUrl: string }>('POST', `/chats/${chatId}/messages`, {
      content: 'too late',
      deadline: '2020-01-01T00:00:00Z',
    });
    expect(await reader.eventsToEnd(json.eventsUrl)).toMatchObject([
      { type: 'failed', data: { code: 'deadline_passed' } },
    ]);
  });

  it('shows a write to the next read, at either gateway', async () => {
    const { userId, chatId } = await writer.chat();
    for (let i = 0; i < 5; i++) {
      await reader.call('GET', `/users/${userId}`);
      await reader.call('GET', `/chats/${chatId}`);
      await writer.call('PATCH', `/users/${userId}`, { name: `Ada ${i}` });
      await writer.call('PATCH', `/chats/${chatId}`, { title: `Title ${i}` });
      expect((await reader.call('GET', `/users/${userId}`)).json).toMatchObject({ name: `Ada ${i}` });
      expect((await reader.call('GET', `/chats/${chatId}`)).json).toMatchObject({ title: `Title ${i}` });
    }
  });

  it('forgets a person with all chats, and stops what runs there', async () => {
    const { userId, chatId } = await writer.chat();
    const { jobId } = await writer.post(chatId, 'a long story', 'demo-slow');
    expect((await writer.call('DELETE', `/users/${userId}`)).status).toBe(204);
    for (const path of [`/users/${userId}`, `/chats/${chatId}`, `/chats/${chatId}/messages`, `/jobs/${jobId}`]) {
      expect((await reader.call('GET', path)).status, path).toBe(404);
    }
  });

  it('serves the openai client, streaming and not', async () => {
    const openai = new OpenAI({ baseURL: `${reader.url}/v1`, apiKey: 'none' });
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain('demo-echo');
    const messages = [{ role: 'user' as const, content: 'hello there' }];
    const whole = await openai.chat.completions.create({ model: 'demo-echo', messages });
    let streamed = '';
    for await (const chunk of await openai.chat.completions.create({ model: 'demo-echo', messages, stream: true })) {
      streamed += chunk.choices[0]?.delta.content ?? '';
    }
    expect(streamed).toBe(whole.choices[0]?.message.content);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    await expect(openai.chat.completions.create({ model: 'no-such-model', messages })).rejects.toMatchObject({
      status: 404,
    });
  });

  it("carries request and trace through the queue into the worker's log", async () => {
    const requestId = randomUUID();
    const traceId = randomUUID().replaceAll('-', '');
    const { chatId } = await writer.chat();
    const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const accepted = await writer.call<{ jobId: string; eventsUrl: string }>(
      'POST',
      `/chats/${chatId}/messages`,
      { content: 'a private matter' },
      headers,
    );
    await reader.eventsToEnd(accepted.json.eventsUrl);
    const { jobId } = accepted.json;
    await expect
      .poll(() => system.all.flatMap(({ logs }) => logs))
      .toContainEqual(expect.objectContaining({ service: 'chat-worker', msg: 'job ended', requestId, traceId, jobId }));
    expect(JSON.stringify(system.all.map(({ logs }) => logs))).not.toContain('private matter');
  });

  it('describes its API and measures it', async () => {
    const { managementUrl } = system.gateways[0]!;
    const document = (await (await fetch(`${managementUrl}/docs-json`)).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/slipstream/v1/chats/{id}/messages', '/slipstream/v1/jobs/{id}/events']),
    );
    const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /slipstream_http_request_duration_seconds_count\{route="\/slipstream\/v1\/chats\/:id\/messages",method="POST",status="2xx"\} \d/,
    );
    expect(metrics).toMatch(
      /slipstream_dependency_duration_seconds_count\{dependency="mongodb",operation="job.create",outcome="ok"\} \d/,
    );
  });
});

async function take(source: AsyncGenerator<StreamEvent>, count: number): Promise<StreamEvent[]> {
  const taken: StreamEvent[] = [];
  for await (const event of source) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}
