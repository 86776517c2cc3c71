import type { Registry } from 'prom-client';
import { collect, collectHistogram, type HistogramSeries, type Labels } from './collected-metrics.js';
import { connectionMetrics, type ConnectionMetrics } from './connection-metrics.js';
import { DURATION_BOUNDS_SECONDS, DurationHistogram } from './duration-histogram.js';
import { LabelLimit } from './label-limit.js';
import { modelMetrics, type ModelMetrics } from './model-metrics.js';
import { counter, gauge, histogram } from './registered-metric.js';

/** Routes and operations are few; the limits protect against a caller that passes a raw path. */
const MAX_ROUTES = 200;
const MAX_MESSAGE_TYPES = 50;
const MAX_OPERATIONS = 200;

/** Rate, errors and duration of the public listener's routes. */
export interface HttpMetrics {
  /** @param route a template such as `/slipstream/v1/users/:id`, never a client's path */
  observe(request: { route: string; method: string; status: number; seconds: number }): void;
  /** Counts a running request. Call {@link end} once. */
  begin(): void;
  end(): void;
}

/** Rate, errors and duration of the queues, as libs/rabbitmq reports them through its port. */
export interface QueueMetrics {
  published(queue: string, type: string, outcome: string): void;
  /** @param waitedSeconds since the first publishing, if known */
  taken(queue: string, lane: string, waitedSeconds: number | undefined): void;
  consumed(queue: string, type: string, outcome: string, seconds: number): void;
}

/** Rate, errors and duration of outgoing calls. */
export interface DependencyMetrics {
  /** @param operation one of a fixed set, such as `job.claim` */
  observe(dependency: string, operation: string, outcome: 'ok' | 'error', seconds: number): void;
  /** Observes the call. Its result and its error are returned unchanged. */
  time<T>(dependency: string, operation: string, call: () => Promise<T>): Promise<T>;
}

/** Uncaught errors. */
export interface UncaughtErrorMetrics {
  /** @param outcome `contained`: it ended one connection; `fatal`: the process drains and ends */
  observe(outcome: 'contained' | 'fatal'): void;
}

export interface Metrics {
  http: HttpMetrics;
  connections: ConnectionMetrics;
  queue: QueueMetrics;
  dependency: DependencyMetrics;
  uncaughtErrors: UncaughtErrorMetrics;
  models: ModelMetrics;
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The metrics of one process, registered once per registry. */
export function createMetrics(registry: Registry): Metrics {
  return {
    http: httpMetrics(registry),
    connections: connectionMetrics(registry),
    queue: queueMetrics(registry),
    dependency: dependencyMetrics(registry),
    uncaughtErrors: uncaughtErrorMetrics(registry),
    models: modelMetrics(registry),
  };
}

/** Counted here because it runs for every request; shown at each scrape. */
function httpMetrics(registry: Registry): HttpMetrics {
  const routes = new LabelLimit(MAX_ROUTES);
  const series = new Map<string, Series[]>();
  let inFlight = 0;
  collectHistogram(registry, {
    name: 'slipstream_http_request_duration_seconds',
    help: 'Duration of requests to the public listener.',
    bounds: DURATION_BOUNDS_SECONDS,
    read: () => shown([...series.values()].flat()),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_http_requests_in_flight',
    help: 'Requests that are being answered.',
    labelNames: [],
    read: () => [[{}, inFlight]],
  });
  return {
    observe({ route: given, method: sent, status: code, seconds }) {
      const route = routes.bound(given);
      const method = KNOWN_METHODS.has(sent) ? sent : 'other';
      const statusClass = Math.floor(code / 100);
      let ofRoute = series.get(route);
      if (!ofRoute) series.set(route, (ofRoute = []));
      let known = ofRoute.find((one) => one.statusClass === statusClass && one.labels.method === method);
      if (!known) ofRoute.push((known = newSeries(route, method, statusClass)));
      known.durations.observe(seconds);
    },
    begin() {
      inFlight += 1;
    },
    end() {
      inFlight -= 1;
    },
  };
}

/** The requests of one route, method and class of status: a few for each route. */
interface Series {
  labels: Labels;
  /** 2 for 2xx. */
  statusClass: number;
  durations: DurationHistogram;
}

const newSeries = (route: string, method: string, statusClass: number): Series => ({
  labels: { route, method, status: `${statusClass}xx` },
  statusClass,
  durations: new DurationHistogram(),
});

const shown = (series: Iterable<{ labels: Labels; durations: DurationHistogram }>): HistogramSeries[] =>
  Array.from(series, ({ labels, durations }) => ({
    labels,
    counts: durations.counts,
    sum: durations.sumSeconds,
  }));

function uncaughtErrorMetrics(registry: Registry): UncaughtErrorMetrics {
  const counts = { contained: 0, fatal: 0 };
  collect(registry, {
    type: 'counter',
    name: 'slipstream_unexpected_errors_total',
    help:
      'Unexpected errors by outcome: contained (one connection or request ended), fatal (the process drained and ' +
      'ended). Report them with their log lines.',
    labelNames: ['outcome'],
    read: () => Object.entries(counts).map(([outcome, count]) => [{ outcome }, count] as const),
  });
  return { observe: (outcome) => void (counts[outcome] += 1) };
}

function queueMetrics(registry: Registry): QueueMetrics {
  const types = new LabelLimit(MAX_MESSAGE_TYPES);
  const durations = durationsOf(registry, 'slipstream_queue_handle_duration_seconds', 'Messages handled.', [
    'queue',
    'type',
    'outcome',
  ]);
  const waits = durationsOf(
    registry,
    'slipstream_queue_wait_duration_seconds',
    'Time from the first publishing of a message to the start of its processing, retries included.',
    ['queue', 'lane'],
  );
  const inWork = gauge(registry, {
    name: 'slipstream_queue_messages_processing',
    help: 'Messages that are being processed.',
    labelNames: ['queue'],
  });
  const published = counter(registry, {
    name: 'slipstream_queue_published_total',
    help: 'Messages published to the broker.',
    labelNames: ['queue', 'type', 'outcome'],
  });
  return {
    published: (queue, type, outcome) => published.inc({ queue, type: types.bound(type), outcome }),
    taken(queue, lane, waitedSeconds) {
      inWork.inc({ queue });
      if (waitedSeconds !== undefined) waits.observe({ queue, lane }, waitedSeconds);
    },
    consumed(queue, type, outcome, seconds) {
      inWork.dec({ queue });
      durations.observe({ queue, type: types.bound(type), outcome }, seconds);
    },
  };
}

function dependencyMetrics(registry: Registry): DependencyMetrics {
  const operations = new LabelLimit(MAX_OPERATIONS);
  const series = new Map<string, { labels: Labels; durations: DurationHistogram }>();
  collectHistogram(registry, {
    name: 'slipstream_dependency_duration_seconds',
    help: 'Duration of calls to stores and model servers.',
    bounds: DURATION_BOUNDS_SECONDS,
    read: () => shown(series.values()),
  });
  const observe: DependencyMetrics['observe'] = (dependency, given, outcome, seconds) => {
    const operation = operations.bound(given);
    const key = `${dependency} ${operation} ${outcome}`;
    let known = series.get(key);
    if (!known)
      series.set(key, (known = { labels: { dependency, operation, outcome }, durations: new DurationHistogram() }));
    known.durations.observe(seconds);
  };
  return {
    observe,
    time: (dependency, operation, call) =>
      timed(call, (outcome, seconds) => observe(dependency, operation, outcome, seconds)),
  };
}

const durationsOf = <T extends string>(
  registry: Registry,
  name: `slipstream_${string}`,
  help: string,
  labelNames: T[],
) => histogram(registry, { name, help, labelNames }, DURATION_BOUNDS_SECONDS);

async function timed<T>(
  call: () => Promise<T>,
  observe: (outcome: 'ok' | 'error', seconds: number) => void,
): Promise<T> {
  const startedAt = performance.now();
  let outcome: 'ok' | 'error' = 'error';
  try {
    const result = await call();
    outcome = 'ok';
    return result;
  } finally {
    observe(outcome, (performance.now() - startedAt) / 1000);
  }
}
