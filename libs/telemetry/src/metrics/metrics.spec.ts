import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createTelemetry } from '../telemetry.js';
import { dependencyMetrics } from './dependency.metrics.js';
import { httpMetrics, statusClassOf } from './http.metrics.js';
import { LabelLimit } from './label-limit.js';
import { queueMetrics } from './queue.metrics.js';
import { counter, gauge } from './registered-metric.js';

const REQUEST = { service: 'gateway', route: '/v1/models', method: 'GET', statusClass: '2xx', seconds: 0.02 } as const;

describe('httpMetrics', () => {
  it('observes duration by route, method and status class', async () => {
    const registry = new Registry();
    httpMetrics(registry).observe(REQUEST);
    const text = await registry.metrics();
    const labels = 'service="gateway",route="/v1/models",method="GET",status_class="2xx"';
    expect(text).toContain(`slipstream_http_request_duration_seconds_bucket{le="0.01",${labels}} 0`);
    expect(text).toContain(`slipstream_http_request_duration_seconds_bucket{le="0.025",${labels}} 1`);
    expect(text).toContain(`slipstream_http_request_duration_seconds_sum{${labels}} 0.02`);
  });

  it('counts what is in flight, ending each once', async () => {
    const registry = new Registry();
    const metrics = httpMetrics(registry);
    const [endFirst] = [metrics.begin('gateway'), metrics.begin('gateway')];
    endFirst();
    endFirst();
    expect(await registry.metrics()).toContain('slipstream_http_requests_in_flight{service="gateway"} 1');
  });

  it('keeps its labels bounded, whatever it is handed', async () => {
    const registry = new Registry();
    const metrics = httpMetrics(registry);
    for (let path = 0; path < 1000; path++) metrics.observe({ ...REQUEST, route: `/raw/${path}`, method: `M${path}` });
    const routes = new Set([...(await registry.metrics()).matchAll(/_count\{.*route="([^"]*)"/g)].map((match) => match[1]));
    expect(routes.size).toBe(201);
    expect(await registry.metrics()).not.toContain('method="M1"');
  });

  it('knows the class of a status', () => {
    expect([101, 200, 304, 404, 503].map(statusClassOf)).toEqual(['1xx', '2xx', '3xx', '4xx', '5xx']);
  });
});

describe('queueMetrics', () => {
  it('counts publications and times handlers by outcome', async () => {
    const registry = new Registry();
    const metrics = queueMetrics(registry);
    metrics.published('chat_queue', 'chat.generate', 'confirmed');
    metrics.consumed('chat_queue', 'chat.generate', 'ack', 3);
    const labels = 'queue="chat_queue",type="chat.generate"';
    expect(await registry.metrics()).toContain(`slipstream_queue_published_total{${labels},outcome="confirmed"} 1`);
    expect(await registry.metrics()).toContain(`slipstream_queue_consume_duration_seconds_sum{${labels},outcome="ack"} 3`);
  });
});

describe('dependencyMetrics', () => {
  it('times a call and passes its result and its error through', async () => {
    const registry = new Registry();
    const metrics = dependencyMetrics(registry);
    const failure = new Error('away');
    expect(await metrics.time('redis', 'get', async () => 7)).toBe(7);
    await expect(metrics.time('redis', 'get', () => Promise.reject(failure))).rejects.toBe(failure);
    const name = 'slipstream_dependency_duration_seconds_count{dependency="redis",operation="get"';
    expect(await registry.metrics()).toContain(`${name},outcome="ok"} 1`);
    expect(await registry.metrics()).toContain(`${name},outcome="error"} 1`);
  });
});

describe('one registry for several services', () => {
  it('holds each metric once', async () => {
    const registry = new Registry();
    for (const service of ['gateway', 'chat-worker']) {
      const { metrics } = createTelemetry({ service, level: 'silent', registry });
      metrics.http.observe({ ...REQUEST, service });
    }
    const text = await registry.metrics();
    expect(text.match(/# TYPE slipstream_http_request_duration_seconds /g)).toHaveLength(1);
    expect(text.match(/# TYPE process_cpu_seconds_total /g)).toHaveLength(1);
    expect(text).toContain('service="gateway"');
    expect(text).toContain('service="chat-worker"');
  });

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
