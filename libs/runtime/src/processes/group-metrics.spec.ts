import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { sumMetrics, type MetricsOfProcess } from './group-metrics.js';

async function received(requests: number, weight: number): Promise<MetricsOfProcess> {
  const registers = [new Registry()];
  new Counter({ name: 'requests_total', help: 'R.', registers, labelNames: ['route'] }).inc({ route: 'web' }, requests);
  new Gauge({ name: 'weight', help: 'W.', registers, aggregator: 'max' }).set(weight);
  new Histogram({ name: 'seconds', help: 'S.', registers, buckets: [1] }).observe(requests);
  return (await registers[0]!.getMetricsAsJSON()) as MetricsOfProcess;
}

it('fails when only this process answered, whose counters are lower than those of the group', async () => {
  await expect(
    sumMetrics({ answers: [await received(1, 2)], size: 1, silent: 0, isOwnOnly: true }),
  ).rejects.toMatchObject({
    code: 'supervisor_unavailable',
  });
});

it('adds up what each has measured, as each metric wants it, and counts the silent', async () => {
  const text = await sumMetrics({ answers: [await received(1, 2), await received(3, 2)], size: 3, silent: 1 });
  for (const line of [
    'requests_total{route="web"} 4',
    'weight 2',
    'seconds_bucket{le="1"} 1',
    'seconds_count 2',
    'slipstream_processes 3',
    'slipstream_processes_silent 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
