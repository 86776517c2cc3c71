import type { Registry } from 'prom-client';
import { LabelLimit } from './label-limit.js';
import { counter, gauge, histogram } from './registered-metric.js';

/** Bounds of duration buckets, in seconds: from a cache hit to a long generation. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Routes and operations are few by design; the limits hold when a caller hands in a raw path all the same. */
const MAX_ROUTES = 200;
const MAX_MESSAGE_TYPES = 50;
const MAX_OPERATIONS = 200;

/** Rate, errors and duration of the public listener's routes. */
export interface HttpMetrics {
  /** @param route a template such as `/slipstream/v1/users/:id`, never a path that a client made up */
  observe(request: { route: string; method: string; status: number; seconds: number }): void;
  /** Counts a request that is being answered; call what it returns when it is done; a second call does nothing. */
  begin(): () => void;
}

/** Rate, errors and duration of the queues: what libs/rabbitmq reports through its own port. */
export interface QueueMetrics {
  published(queue: string, type: string, outcome: string): void;
  consumed(queue: string, type: string, outcome: string, seconds: number): void;
}

/** Rate, errors and duration of what we call. */
export interface DependencyMetrics {
  /** @param operation one of a fixed set, such as `job.claim` */
  observe(dependency: string, operation: string, outcome: 'ok' | 'error', seconds: number): void;
  /** Makes the call and observes it. Its result and its error pass through unchanged. */
  time<T>(dependency: string, operation: string, call: () => Promise<T>): Promise<T>;
}

export interface Metrics {
  http: HttpMetrics;
  queue: QueueMetrics;
  dependency: DependencyMetrics;
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The metrics of one process, on its registry. A second call for the same registry counts in the same metrics. */
export function createMetrics(registry: Registry): Metrics {
  return { http: httpMetrics(registry), queue: queueMetrics(registry), dependency: dependencyMetrics(registry) };
}

function httpMetrics(registry: Registry): HttpMetrics {
  const routes = new LabelLimit(MAX_ROUTES);
  const durations = durationsOf(registry, 'slipstream_http_request_duration_seconds', 'Requests to the public listener.', ['route', 'method', 'status']);
  const inFlight = gauge(registry, { name: 'slipstream_http_requests_in_flight', help: 'Requests being answered.', labelNames: [] });
  return {
    observe({ route, method, status, seconds }) {
      const labels = { route: routes.bound(route), method: KNOWN_METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` };
      durations.observe(labels, seconds);
    },
    begin() {
      inFlight.inc();
      return once(() => inFlight.dec());
    },
  };
}

function queueMetrics(registry: Registry): QueueMetrics {
  const types = new LabelLimit(MAX_MESSAGE_TYPES);
  const durations = durationsOf(registry, 'slipstream_queue_handle_duration_seconds', 'Messages handled.', ['queue', 'type', 'outcome']);
  const published = counter(registry, {
    name: 'slipstream_queue_published_total',
    help: 'Messages handed to the broker.',
    labelNames: ['queue', 'type', 'outcome'],
  });
  return {
    published: (queue, type, outcome) => published.inc({ queue, type: types.bound(type), outcome }),
    consumed: (queue, type, outcome, seconds) => durations.observe({ queue, type: types.bound(type), outcome }, seconds),
  };
}

function dependencyMetrics(registry: Registry): DependencyMetrics {
  const operations = new LabelLimit(MAX_OPERATIONS);
  const durations = durationsOf(registry, 'slipstream_dependency_duration_seconds', 'Calls to stores and model servers.', [
    'dependency',
    'operation',
    'outcome',
  ]);
  const observe: DependencyMetrics['observe'] = (dependency, operation, outcome, seconds) =>
    durations.observe({ dependency, operation: operations.bound(operation), outcome }, seconds);
  return { observe, time: (dependency, operation, call) => timed(call, (outcome, seconds) => observe(dependency, operation, outcome, seconds)) };
}

const durationsOf = <T extends string>(registry: Registry, name: `slipstream_${string}`, help: string, labelNames: T[]) =>
  histogram(registry, { name, help, labelNames }, DURATION_BUCKETS);

async function timed<T>(call: () => Promise<T>, observe: (outcome: 'ok' | 'error', seconds: number) => void): Promise<T> {
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

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
