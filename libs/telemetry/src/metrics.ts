import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Bounds of duration buckets, in seconds: from a cache hit to a long generation. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Rate, errors and duration of the public listener's routes. */
export interface HttpMetrics {
  /** @param route a template such as `/slipstream/v1/users/:id`, never a path that a client made up */
  observe(request: { route: string; method: string; status: number; seconds: number }): void;
  /** Counts a request that is being answered; call what it returns when it is done. */
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
}

export interface Metrics {
  http: HttpMetrics;
  queue: QueueMetrics;
  dependency: DependencyMetrics;
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The metrics of one process, on its registry. */
export function createMetrics(registry: Registry): Metrics {
  return { http: httpMetrics(registry), queue: queueMetrics(registry), dependency: dependencyMetrics(registry) };
}

function httpMetrics(registry: Registry): HttpMetrics {
  const durations = histogram(registry, 'slipstream_http_request_duration_seconds', 'Requests to the public listener.', ['route', 'method', 'status']);
  const inFlight = new Gauge({ name: 'slipstream_http_requests_in_flight', help: 'Requests being answered.', registers: [registry] });
  return {
    observe({ route, method, status, seconds }) {
      durations.observe({ route, method: KNOWN_METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` }, seconds);
    },
    begin() {
      inFlight.inc();
      return () => inFlight.dec();
    },
  };
}

function queueMetrics(registry: Registry): QueueMetrics {
  const durations = histogram(registry, 'slipstream_queue_handle_duration_seconds', 'Messages handled.', ['queue', 'type', 'outcome']);
  const published = new Counter({
    name: 'slipstream_queue_published_total',
    help: 'Messages handed to the broker.',
    labelNames: ['queue', 'type', 'outcome'],
    registers: [registry],
  });
  return {
    published: (queue, type, outcome) => published.inc({ queue, type, outcome }),
    consumed: (queue, type, outcome, seconds) => durations.observe({ queue, type, outcome }, seconds),
  };
}

function dependencyMetrics(registry: Registry): DependencyMetrics {
  const durations = histogram(registry, 'slipstream_dependency_duration_seconds', 'Calls to stores and model servers.', [
    'dependency',
    'operation',
    'outcome',
  ]);
  return { observe: (dependency, operation, outcome, seconds) => durations.observe({ dependency, operation, outcome }, seconds) };
}

const histogram = <T extends string>(registry: Registry, name: string, help: string, labelNames: T[]): Histogram<T> =>
  new Histogram({ name, help, labelNames, buckets: DURATION_BUCKETS, registers: [registry] });
