import { keptSpans } from '@slipstream/telemetry/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

/** A proxy whose requests are recorded, all as children of one span. */
async function traced(urls: string[], pool: Parameters<LocalServers['gateway']>[2] = {}) {
  const kept = keptSpans();
  const parent = kept.tracer.begin({ name: 'request', kind: 'server' }, { type: 'root' })!;
  const { web } = await local.gateway(urls, {}, pool);
  const url = await local.http((request, response) =>
    web.request(request, response, {
      requestId: 'r1',
      traceparent: parent.traceparent,
      tracestate: 'congo=1',
      span: parent,
      url: request.url!,
      peer: { address: '127.0.0.1', isTrusted: false, isEncrypted: false, httpVersion: '1.1' },
      clientAddress: '127.0.0.1',
    }),
  );
  const ask = async (path = '/') => {
    const answer = await fetch(`${url}${path}`);
    await answer.text();
    return answer.status;
  };
  return { ...kept, parent, ask };
}

it('records each try, and gives each backend the trace context of its own try', async () => {
  const seen: (string | string[] | undefined)[][] = [];
  const good = await local.http((request, response) => {
    seen.push([request.headers.traceparent, request.headers.tracestate]);
    response.end('page');
  });
  const { ask, spans, parent } = await traced([await local.nobody(), good], { strategy: 'round_robin' });
  expect(await ask('/a?q=s3cret')).toBe(200);
  await vi.waitFor(() => expect(spans).toHaveLength(2));
  const [failed, answered] = spans as [(typeof spans)[0], (typeof spans)[0]];
  expect(failed).toMatchObject({ name: 'GET', kind: 'client', isFailed: true });
  expect(Object.fromEntries(failed.attributes)).toMatchObject({
    'error.type': 'ECONNREFUSED',
    'slipstream.try.outcome': 'failed',
  });
  expect(Object.fromEntries(answered.attributes)).toEqual({
    'http.request.method': 'GET',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(good).port),
    'http.request.resend_count': 1,
    'http.response.status_code': 200,
    'slipstream.try.outcome': 'complete',
  });
  expect(seen).toEqual([[`00-${answered.traceId}-${answered.spanId}-01`, 'congo=1']]);
  expect(parent.traceparent).toContain(answered.parentSpanId);
});

it('marks a try that ends with an error of the backend', async () => {
  const { ask, spans } = await traced([await local.http((_, response) => void response.writeHead(500).end())]);
  expect(await ask()).toBe(500);
  await vi.waitFor(() => expect(spans).toHaveLength(1));
  expect(spans[0]!.isFailed).toBe(true);
  expect(spans[0]!.attributes.get('error.type')).toBe('500');
});
