import { request } from 'node:http';
import { keptSpans } from '@slipstream/telemetry/testing';
import { currentContext } from '@slipstream/telemetry';
import type { RequestContext } from '@slipstream/http';
import { afterEach, expect, it, vi } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { LocalListeners } from './testing/local-listeners.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

const local = new LocalListeners();
afterEach(() => local.close());

/** A listener that keeps its spans, and the context of its last request. */
async function traced(status = 200, options: Parameters<LocalListeners['start']>[1] = {}) {
  const kept = keptSpans();
  let context: RequestContext | undefined;
  const started = await local.start(
    (_, response, given) => {
      context = given;
      response.writeHead(status).end();
    },
    { tracer: kept.tracer, ...options },
  );
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<RequestContext> => {
    await (await fetch(`${started.url}${path}`, { headers })).text();
    return context!;
  };
  return { ...started, ...kept, ask };
}

it('records a request by the conventions, without its query, keys and fields', async () => {
  const { ask, spans } = await traced(503);
  const { requestId, traceparent } = await ask('/api/chats?q=s3cret', {
    authorization: 's3cret',
    'user-agent': 'spec',
  });
  await vi.waitFor(() => expect(spans).toHaveLength(1));
  const [{ name, kind, attributes, spanId, traceId, isFailed }] = spans as [(typeof spans)[0]];
  expect({ name, kind, isFailed }).toEqual({ name: 'GET web', kind: 'server', isFailed: true });
  expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
  expect(Object.fromEntries(attributes)).toEqual({
    'http.request.method': 'GET',
    'http.route': 'web',
    'http.response.status_code': 503,
    'url.path': '/api/chats',
    'url.scheme': 'http',
    'client.address': '127.0.0.1',
    'network.protocol.version': '1.1',
    'user_agent.original': 'spec',
    'slipstream.request.id': requestId,
    'error.type': '503',
  });
});

it.each([
  ['a hook', '/slipstream/v1/hooks/open-webui/s3cret-of-the-hook'],
  ['a key', `/v1/x/slip_${'s3cret'.repeat(8)}`],
])('hides the secret in the path of %s', async (_, path) => {
  const { ask, spans } = await traced();
  await ask(path);
  await vi.waitFor(() => expect(spans).toHaveLength(1));
  expect(JSON.stringify([...spans[0]!.attributes])).not.toContain('s3cret');
});

it('continues the trace of a trusted peer, tracestate included', async () => {
  const { ask, spans } = await traced(200, { trustedPeers: ['loopback'] });
  const context = await ask('/', { traceparent: TRACEPARENT, tracestate: 'congo=1' });
  await vi.waitFor(() => expect(spans).toHaveLength(1));
  expect(spans[0]).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
  expect(context.tracestate).toBe('congo=1');
});

it('takes only the id of the trace from other clients', async () => {
  const { ask, spans } = await traced();
  const context = await ask('/', { traceparent: TRACEPARENT.replace(/01$/, '00'), tracestate: 'congo=1' });
  await vi.waitFor(() => expect(spans).toHaveLength(1));
  expect(spans[0]).toMatchObject({ traceId: TRACE, parentSpanId: undefined });
  expect(context.tracestate).toBeUndefined();
});

it('runs the handler in the context of a recorded request, and of no other', async () => {
  for (const ratio of [0, 1]) {
    const seen: unknown[] = [];
    const handle: RequestHandler = (_, response) => {
      seen.push(currentContext());
      response.end();
    };
    const { url } = await local.start(handle, { tracer: keptSpans(ratio).tracer });
    await fetch(url);
    expect(seen).toEqual([ratio === 0 ? undefined : expect.objectContaining({ span: expect.anything() as unknown })]);
  }
});

it('records a client that leaves before its answer', async () => {
  const kept = keptSpans();
  const arrived = Promise.withResolvers<void>();
  const { url } = await local.start(() => arrived.resolve(), { tracer: kept.tracer });
  const call = request(url).on('error', () => {});
  call.end();
  await arrived.promise;
  call.destroy();
  await vi.waitFor(() => expect(kept.spans).toHaveLength(1));
  expect(Object.fromEntries(kept.spans[0]!.attributes)).toMatchObject({ 'error.type': 'client_left' });
  expect(kept.spans[0]!.attributes.has('http.response.status_code')).toBe(false);
});
