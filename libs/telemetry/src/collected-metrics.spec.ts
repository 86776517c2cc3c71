import { AggregatorRegistry, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { collect, collectHistogram } from './collected-metrics.js';

it('shows what is read at the moment, and no label that is gone', async () => {
  const registry = new Registry();
  const counts = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const read = () => [...counts].map(([backend, count]) => [{ backend }, count] as const);
  collect(registry, {
    type: 'counter',
    name: 'slipstream_things_total',
    help: 'Things.',
    labelNames: ['backend'],
    read,
  });
  collect(registry, { type: 'gauge', name: 'slipstream_things', help: 'Things.', labelNames: ['backend'], read });
  expect(await registry.metrics()).toContain(
    'slipstream_things_total{backend="a"} 1\nslipstream_things_total{backend="b"} 2',
  );
  counts.delete('b');
  counts.set('a', 5);
  const text = await registry.metrics();
  expect(text).toContain('slipstream_things_total{backend="a"} 5');
  expect(text).toContain('slipstream_things{backend="a"} 5');
  expect(text).not.toContain('backend="b"');
});

it.each(['gauge', 'counter'] as const)('shows no value of a %s without labels while none is read', async (type) => {
  const registry = new Registry();
  let value: number | undefined;
  const read = () => (value === undefined ? [] : [[{}, value] as const]);
  collect(registry, { type, name: 'slipstream_thing', help: 'A thing.', labelNames: [], read });
  const lines = async () => (await registry.metrics()).split('\n').filter((line) => line.startsWith('slipstream'));
  expect(await lines()).toEqual([]);
  value = 3;
  expect(await lines()).toEqual(['slipstream_thing 3']);
  value = undefined;
  expect(await lines()).toEqual([]);
});

it('shows a histogram in cumulative buckets, which several processes can add up', async () => {
  const registry = new Registry();
  collectHistogram(registry, {
    name: 'slipstream_waits_seconds',
    help: 'Waits.',
    bounds: [0.1, 1],
    read: () => [{ labels: { pool: 'web' }, counts: [3, 0, 2], sum: 7.5 }],
  });
  const text = await registry.metrics();
  expect(text.split('\n').filter((line) => line.startsWith('slipstream'))).toEqual([
    'slipstream_waits_seconds_bucket{le="0.1",pool="web"} 3',
    'slipstream_waits_seconds_bucket{le="1",pool="web"} 3',
    'slipstream_waits_seconds_bucket{le="+Inf",pool="web"} 5',
    'slipstream_waits_seconds_sum{pool="web"} 7.5',
    'slipstream_waits_seconds_count{pool="web"} 5',
  ]);
  const json = await registry.getMetricsAsJSON();
  expect(await AggregatorRegistry.aggregate([json, json]).metrics()).toContain(
    'slipstream_waits_seconds_count{pool="web"} 10',
  );
});
