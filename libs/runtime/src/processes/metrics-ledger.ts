import type { MetricsOfProcess } from './group-metrics.js';

type Metric = MetricsOfProcess[number];

/** Types of a registry's values, which differ from the numbers that prom-client declares. */
const CUMULATIVE = new Set<unknown>(['counter', 'histogram']);

/** Last report of one process, and the scatter-gather request that it answered. */
interface Report {
  gather: number;
  metrics: MetricsOfProcess;
}

/**
 * Metrics of a group's processes, stored so that no counter of the group falls. If a process does not report, its last
 * report counts. Counters of an ended process are kept, its gauges are not.
 */
export class MetricsLedger {
  private readonly reports = new Map<object, Report>();
  private readonly ended = new WeakSet<object>();
  /** Sum of counters and histograms of all ended processes. */
  private base = new Map<string, Metric>();

  /**
   * Ignores a report that is older than the last one, or arrives after the end of its process.
   * @param process any object that identifies it
   * @param gather ascending number of the request
   */
  report(process: object, gather: number, metrics: MetricsOfProcess): void {
    const last = this.reports.get(process);
    if (this.ended.has(process) || (last && last.gather >= gather)) return;
    this.reports.set(process, { gather, metrics });
  }

  end(process: object): void {
    const last = this.reports.get(process);
    this.ended.add(process);
    this.reports.delete(process);
    for (const metric of last?.metrics ?? [])
      if (CUMULATIVE.has(metric.type)) this.base.set(metric.name, added(this.base.get(metric.name), metric));
  }

  /** One entry for each running process that has reported, and one for all ended ones. */
  all(): MetricsOfProcess[] {
    return [[...this.base.values()], ...[...this.reports.values()].map(({ metrics }) => metrics)];
  }
}

function added(base: Metric | undefined, metric: Metric): Metric {
  const values = new Map((base?.values ?? []).map((value) => [seriesOf(value), value]));
  for (const value of metric.values) {
    const series = seriesOf(value);
    values.set(series, { ...value, value: value.value + (values.get(series)?.value ?? 0) });
  }
  return { ...metric, values: [...values.values()] };
}

/** Returns the key of one series of a metric: a histogram has several per combination of labels. */
const seriesOf = ({ metricName = '', labels }: Metric['values'][number]): string =>
  JSON.stringify([
    metricName,
    ...Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ]);
