import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Client } from './client.js';
import { Collector, type ReceivedSpan } from './collector.js';
import { HttpServers, STORES_AWAY } from './http-servers.js';
import { startService } from './process.js';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const servers = new HttpServers();
afterAll(() => servers.close());

const SECRET = 'sk-model-s3cret';
const QUESTION = 'a private question';
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

const piece = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** A model server that keeps the `traceparent` of its calls. */
async function modelServer() {
  const traceparents: unknown[] = [];
  const url = await servers.serve((request, response) => {
    if (request.method === 'GET') return void response.end(JSON.stringify({ data: [{ id: 'small' }] }));
    traceparents.push(request.headers.traceparent);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${piece('a private answer')}${piece('', 'stop')}data: [DONE]\n\n`);
  });
  return { url: `${url}/v1`, traceparents };
}

/** The span that has the name; there is exactly one. */
function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found, `${name} among ${spans.map((span) => span.name).join(', ')}`).toHaveLength(1);
  return found[0]!;
}

describe('a chat message over a gateway and a chat-worker', () => {
  let collector: Collector;
  let models: Awaited<ReturnType<typeof modelServer>>;
  let system: System;
  let spans: ReceivedSpan[];
  const traceId = randomBytes(16).toString('hex');

  beforeAll(async () => {
    collector = await new Collector().start();
    models = await modelServer();
    system = await startSystem(['gateway', 'chat-worker'], {
      ...storesEnv(),
      LLM_BACKENDS: models.url,
      LLM_API_KEYS: SECRET,
      TRACING_ENDPOINT: collector.url,
      TRACING_SAMPLE_RATIO: '1',
      TRACING_AUTHORIZATION: 'Bearer collector-s3cret',
    });
    await untilReady(system);
    const client = new Client(system.gateways[0]!.url);
    const { chatId } = await client.chat();
    const traceparent = `00-${traceId}-00f067aa0ba902b7-00`;
    const path = `/chats/${chatId}/messages?note=query-s3cret`;
    const posted = await client.call<{ eventsUrl: string }>('POST', path, { content: QUESTION }, { traceparent });
    await client.eventsToEnd(posted.json.eventsUrl);
    await vi.waitFor(
      () => {
        spans = collector.trace(traceId);
        expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['process chat_queue', 'chat job']));
      },
      { timeout: 20_000 },
    );
  });
  afterAll(async () => {
    await system.stop();
    collector.close();
  });

  it('is one connected trace from the gateway through the queue to the model call', () => {
    const request = named(spans, 'POST /slipstream/v1/chats/:id/messages');
    const sent = named(spans, 'send chat_queue');
    const processed = named(spans, 'process chat_queue');
    const job = named(spans, 'chat job');
    const call = named(spans, 'chat small');
    expect(request).toMatchObject({ kind: KINDS.server, service: 'slipstream-gateway' });
    expect(sent).toMatchObject({ kind: KINDS.producer, parentSpanId: request.spanId });
    expect(processed).toMatchObject({
      kind: KINDS.consumer,
      parentSpanId: sent.spanId,
      service: 'slipstream-chat-worker',
    });
    expect(job).toMatchObject({ parentSpanId: request.spanId, links: [{ spanId: processed.spanId }] });
    expect(call).toMatchObject({ kind: KINDS.client, parentSpanId: job.spanId });
    expect(models.traceparents).toEqual([`00-${traceId}-${call.spanId}-01`]);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toEqual([request]);
    for (const { parentSpanId } of spans) if (parentSpanId !== undefined) expect(ids).toContain(parentSpanId);
  });

  it('has the commands to MongoDB and Redis of both processes', () => {
    const stores = spans.map(({ service, attributes }) => `${service} ${attributes['db.system.name'] ?? '-'}`);
    expect(stores).toEqual(
      expect.arrayContaining([
        'slipstream-gateway mongodb',
        'slipstream-chat-worker mongodb',
        'slipstream-chat-worker redis',
      ]),
    );
    expect(spans.find(({ name }) => name === 'insert jobs')?.attributes).toMatchObject({
      'db.operation.name': 'insert',
      'db.collection.name': 'jobs',
    });
  });

  it('does not take parent and sampling from a client that is no trusted peer', () => {
    expect(spans.filter(({ parentSpanId }) => parentSpanId === '00f067aa0ba902b7')).toEqual([]);
  });

  it('contains no contents, secrets or query values, and authorizes itself at the collector', () => {
    expect(JSON.stringify(collector.spans)).not.toMatch(/private|s3cret/);
    expect(new Set(collector.authorizations)).toEqual(new Set(['Bearer collector-s3cret']));
  });
});

describe('a collector that is ill', () => {
  let collector: Collector;
  afterEach(() => collector.close());

  it.each([
    ['hangs', () => {}, /outcome="dropped"\} [1-9]/],
    ['answers 500', (response) => void response.writeHead(500).end(), /outcome="failed"\} [1-9]/],
    ['closes the connection', (response) => void response.destroy(), /outcome="failed"\} [1-9]/],
  ] satisfies [string, Parameters<Collector['start']>[0], RegExp][])(
    'delays no request if it %s, and its spans are counted',
    async (_, answer, counted) => {
      collector = await new Collector().start(answer);
      const backend = await servers.serve((_request, response) => void response.end('page'));
      const gateway = await startService('gateway', {
        ...STORES_AWAY,
        WEB_BACKENDS: backend,
        TRACING_ENDPOINT: collector.url,
        TRACING_SAMPLE_RATIO: '1',
        TRACING_QUEUE_MAX_SPANS: '100',
      });
      const metrics = async () => (await fetch(`${gateway.managementUrl}/metrics`)).text();
      for (let i = 0; i < 100; i++) expect(await (await fetch(`${gateway.url}/${i}`)).text()).toBe('page');
      await vi.waitFor(async () => expect(await metrics()).toMatch(counted), { timeout: 20_000 });
      expect(await (await fetch(`${gateway.url}/last`)).text()).toBe('page');
      expect(await gateway.stop()).toBe(0);
    },
  );
});
