import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { LabelLimit } from './label-limit.js';
import { createMetrics } from './metrics.js';
import { counter, gauge } from './registered-metric.js';

const REQUEST = { route: '/v1/models', method: 'GET', status: 200, seconds: 0.02 };

function sut() {
  const registry = new Registry();
  return { registry, ...createMetrics(registry) };
}

describe('http metrics', () => {
  it('put a duration into its bucket', async () => {
    const { registry, http } = sut();
    http.observe(REQUEST);
    const labels = 'route="/v1/models",method="GET",status="2xx"';
    expect(await registry.metrics()).toContain(
      `slipstream_http_request_duration_seconds_bucket{le="0.01",${labels}} 0`,
    );
    expect(await registry.metrics()).toContain(
      `slipstream_http_request_duration_seconds_bucket{le="0.025",${labels}} 1`,
    );
  });

  it('count the requests that are being answered', async () => {
    const { registry, http } = sut();
    http.begin();
    http.begin();
    http.end();
    expect(await registry.metrics()).toContain('slipstream_http_requests_in_flight 1');
  });

  it('keep their labels bounded, whatever they are handed', async () => {
    const { registry, http } = sut();
    for (let path = 0; path < 1000; path++) http.observe({ ...REQUEST, route: `/raw/${path}`, method: `M${path}` });
    const routes = new Set(
      [...(await registry.metrics()).matchAll(/_count\{route="([^"]*)"/g)].map((match) => match[1]),
    );
    expect(routes.size).toBe(201);
    expect(await registry.metrics()).not.toContain('method="M1"');
  });
});

describe('queue metrics', () => {
  it('count what was published and time what was handled, by outcome', async () => {
    const { registry, queue } = sut();
    queue.published('chat_queue', 'chat.generate', 'confirmed');
    queue.taken('chat_queue', 'interactive', 2);
    queue.taken('chat_queue', 'background', undefined);
    queue.taken('chat_queue', 'interactive', 4);
    queue.consumed('chat_queue', 'chat.generate', 'ack', 3);
    expect(await registry.metrics()).toContain('slipstream_queue_messages_processing{queue="chat_queue"} 2');
    expect(await registry.metrics()).toContain(
      'slipstream_queue_wait_duration_seconds_sum{queue="chat_queue",lane="interactive"} 6',
    );
    expect(await registry.metrics()).not.toContain('lane="background"');
    const labels = 'queue="chat_queue",type="chat.generate"';
    expect(await registry.metrics()).toContain(`slipstream_queue_published_total{${labels},outcome="confirmed"} 1`);
    expect(await registry.metrics()).toContain(
      `slipstream_queue_handle_duration_seconds_sum{${labels},outcome="ack"} 3`,
    );
  });
});

describe('dependency metrics', () => {
  it('time a call and pass its result and its error through', async () => {
    const { registry, dependency } = sut();
    const failure = new Error('away');
    expect(await dependency.time('redis', 'get', async () => 7)).toBe(7);
    await expect(dependency.time('redis', 'get', () => Promise.reject(failure))).rejects.toBe(failure);
    const name = 'slipstream_dependency_duration_seconds_count{dependency="redis",operation="get"';
    expect(await registry.metrics()).toContain(`${name},outcome="ok"} 1`);
    expect(await registry.metrics()).toContain(`${name},outcome="error"} 1`);
  });
});

describe('one registry', () => {
  it('refuses one name for two kinds', () => {
    const registry = new Registry();
    const definition = { name: 'slipstream_x', help: 'x', labelNames: [] } as const;
    expect(counter(registry, definition)).toBe(counter(registry, definition));
    expect(() => gauge(registry, definition)).toThrow(/another kind/);
  });
});

it('LabelLimit lets the first values pass and keeps them', () => {
  const limit = new LabelLimit(2);
  expect(['a', 'b', 'c', 'a'].map((value) => limit.bound(value))).toEqual(['a', 'b', 'other', 'a']);
});

it('counts unexpected errors by what came of them, from zero', async () => {
  const { registry, uncaughtErrors } = sut();
  expect(await registry.metrics()).toContain('slipstream_unexpected_errors_total{outcome="fatal"} 0');
  uncaughtErrors.observe('contained');
  expect(await registry.metrics()).toContain('slipstream_unexpected_errors_total{outcome="contained"} 1');
});

it('shows the connections of each listener as they are at the scrape', async () => {
  const { registry, connections } = sut();
  let open = 1;
  connections.show('public', () => ({ open, refused: { limit: 2, address_limit: 3 } }));
  connections.show('management', () => ({ open: 0, refused: { limit: 0, address_limit: 0 } }));
  open = 7;
  const text = await registry.metrics();
  expect(text).toContain('slipstream_connections_open{listener="public"} 7');
  expect(text).toContain('slipstream_connections_open{listener="management"} 0');
  expect(text).toContain('slipstream_connections_refused_total{listener="public",reason="address_limit"} 3');
});
