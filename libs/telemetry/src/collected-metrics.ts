import { Counter, Gauge, type Metric, type Registry } from 'prom-client';

/** Labels of one value. */
export type Labels = Readonly<Record<string, string>>;

/** A metric whose values are stored elsewhere, and read at each scrape. */
export interface CollectedMetric {
  type: 'counter' | 'gauge';
  name: `slipstream_${string}`;
  help: string;
  labelNames: readonly string[];
  /** How a group of processes aggregates it. Default `sum`. */
  aggregator?: 'sum' | 'max' | 'min';
  /** Returns all current values. Labels that it leaves out disappear, and so does a metric without labels. */
  read: () => Iterable<readonly [Labels, number]>;
}

/** On the hot path, counting is then a single addition. */
export function collect(
  registry: Registry,
  { type, name, help, labelNames, aggregator = 'sum', read }: CollectedMetric,
): void {
  const definition = { name, help, labelNames: [...labelNames], aggregator, registers: [registry] };
  if (type === 'gauge') {
    const gauge = new Gauge({
      ...definition,
      collect() {
        clear(gauge, labelNames);
        for (const [labels, value] of read()) gauge.set({ ...labels }, value);
      },
    });
  } else {
    const counter = new Counter({
      ...definition,
      collect() {
        clear(counter, labelNames);
        for (const [labels, value] of read()) counter.inc({ ...labels }, value);
      },
    });
  }
}

/** `reset` alone gives a metric without labels the value 0. */
function clear(metric: Gauge | Counter, labelNames: readonly string[]): void {
  metric.reset();
  if (labelNames.length === 0) metric.remove({});
}

/** Counts of one combination of labels: one per bound and one above all bounds, not cumulative. */
export interface HistogramSeries {
  labels: Labels;
  counts: readonly number[];
  sum: number;
}

/** A histogram whose counts are stored elsewhere. */
export interface CollectedHistogram {
  name: `slipstream_${string}`;
  help: string;
  /** Upper bounds of the buckets, ascending. */
  bounds: readonly number[];
  read: () => Iterable<HistogramSeries>;
}

/** Prometheus' form of a histogram, created at each scrape. */
export function collectHistogram(registry: Registry, { name, help, bounds, read }: CollectedHistogram): void {
  const values = () =>
    [...read()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const buckets = counts.map((count, index) => ({
        metricName: `${name}_bucket`,
        labels: { le: bounds[index] ?? '+Inf', ...labels },
        value: (total += count),
      }));
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: total },
      ];
    });
  // The methods of a metric that a registry calls. prom-client's types allow only its own classes.
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: values() }),
    reset: () => {},
  };
  registry.registerMetric(metric as unknown as Metric);
}
