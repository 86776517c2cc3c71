import type { MetricsOfProcess } from './group-metrics.js';

type Metric = MetricsOfProcess[number];

/** Types as a registry gives them, which are not the numbers that prom-client declares. */
const CUMULATIVE = new Set<unknown>(['counter', 'histogram']);

/** What one process has reported last, and in answer to which survey. */
interface Report {
  survey: number;
  metrics: MetricsOfProcess;
}

/**
 * What the processes of a group have measured, kept so that no counter of the group ever falls: a process that is
 * silent for a while counts with what it reported last, and what an ended one had counted stays. Of an ended process
 * only its gauges go.
 */
export class MetricsLedger {
  private readonly reports = new Map<object, Report>();
  private readonly ended = new WeakSet<object>();
  /** Counters and histograms of all ended processes, as if one process had counted them. */
  private base = new Map<string, Metric>();

  /**
   * A report that comes late, behind a newer one or behind the end of its process, is dropped.
   * @param process any object that stands for it
   * @param survey ascending
   */
  report(process: object, survey: number, metrics: MetricsOfProcess): void {
    const last = this.reports.get(process);
    if (this.ended.has(process) || (last && last.survey >= survey)) return;
    this.reports.set(process, { survey, metrics });
  }

  end(process: object): void {
    const last = this.reports.get(process);
    this.ended.add(process);
    this.reports.delete(process);
    for (const metric of last?.metrics ?? [])
      if (CUMULATIVE.has(metric.type)) this.base.set(metric.name, added(this.base.get(metric.name), metric));
  }

  /** One entry for each process that has ever reported and still runs, and one for all that have ended. */
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

/** Names one series of a metric: a histogram has several for each combination of labels. */
const seriesOf = ({ metricName = '', labels }: Metric['values'][number]): string =>
  JSON.stringify([
    metricName,
    ...Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ]);
