import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { sumMetrics, type MetricsOfProcess } from './group-metrics.js';
import { MetricsLedger } from './metrics-ledger.js';

/** A process that counts. */
class Counting {
  private readonly registry = new Registry();
  private readonly counter = new Counter({
    name: 'requests_total',
    help: 'R.',
    registers: [this.registry],
    labelNames: ['route', 'status'],
  });
  private readonly gauge = new Gauge({ name: 'in_flight', help: 'I.', registers: [this.registry] });
  private readonly histogram = new Histogram({
    name: 'seconds',
    help: 'S.',
    registers: [this.registry],
    labelNames: ['route'],
    buckets: [1, 5],
  });

  constructor() {
    this.gauge.set(1);
  }

  count(random: () => number): void {
    const route = `/${Math.floor(random() * 3)}`;
    this.counter.inc(random() < 0.5 ? { route, status: '2xx' } : { status: '5xx', route });
    this.histogram.observe({ route }, random() * 10);
  }

  read = async (): Promise<MetricsOfProcess> =>
    structuredClone(await this.registry.getMetricsAsJSON()) as MetricsOfProcess;
}

/** Repeatable random numbers below 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const scrape = async (ledger: MetricsLedger): Promise<Map<string, number>> => {
  const text = await sumMetrics({ answers: ledger.all(), size: 1, silent: 0 });
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
};
const isCumulative = (series: string): boolean => /^(?:requests_total|seconds_)/.test(series);

describe('no counter of the group ever falls, whatever its processes do', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed + 1))('seed %i', async (seed) => {
    const random = randomFrom(seed);
    const ledger = new MetricsLedger();
    const living = [new Counting(), new Counting(), new Counting()];
    const late: (() => void)[] = [];
    let seen = new Map<string, number>();
    for (let gather = 1; gather <= 30; gather++) {
      for (const process of living) for (let n = random() * 5; n > 0; n--) process.count(random);
      for (const process of living) {
        const metrics = await process.read();
        const report = () => ledger.report(process, gather, metrics);
        if (random() < 0.6) report();
        else if (random() < 0.5) late.push(report); // else it is silent
      }
      if (random() < 0.3)
        late
          .splice(0)
          .reverse()
          .forEach((report) => report());
      if (random() < 0.2) {
        const [dead] = living.splice(Math.floor(random() * living.length), 1, new Counting());
        ledger.end(dead!);
      }
      const now = await scrape(ledger);
      for (const [series, value] of seen)
        if (isCumulative(series))
          expect([series, now.get(series) ?? 0]).toEqual([
            series,
            expect.toSatisfy((current: number) => current >= value),
          ]);
      expect(now.get('in_flight') ?? 0).toBeLessThanOrEqual(living.length);
      seen = now;
    }
    // What a process that still runs has counted, and nothing twice.
    const before = new Map(seen);
    for (const process of living) ledger.report(process, 31, await process.read());
    for (const process of living) ledger.end(process);
    const all = await scrape(ledger);
    const total = (figures: Map<string, number>) =>
      [...figures].filter(([series]) => series.startsWith('requests_total')).reduce((sum, [, value]) => sum + value, 0);
    expect(total(all)).toBeGreaterThanOrEqual(total(before));
    expect(
      [...all].filter(([series]) => series.startsWith('seconds_count')).reduce((sum, [, value]) => sum + value, 0),
    ).toBe(total(all));
    expect(all.has('in_flight')).toBe(false);
  });
});

it('counts what each process counted exactly once, whatever order labels come in', async () => {
  const ledger = new MetricsLedger();
  const processes = [new Counting(), new Counting()];
  const random = randomFrom(7);
  for (let n = 0; n < 100; n++) processes[n % 2]!.count(random);
  for (const [index, process] of processes.entries()) ledger.report(process, index, await process.read());
  ledger.end(processes[0]!);
  ledger.end(processes[0]!);
  ledger.report(processes[0]!, 9, await processes[0]!.read());
  const figures = await scrape(ledger);
  expect(
    [...figures].filter(([series]) => series.startsWith('requests_total')).reduce((sum, [, value]) => sum + value, 0),
  ).toBe(100);
  expect(figures.get('in_flight')).toBe(1);
});
