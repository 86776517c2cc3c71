import type { BackendStatus } from './pool/backend-status.js';
import type { LoadBalancer } from './pool/load-balancer.js';
import {
  collect,
  collectHistogram,
  DURATION_BOUNDS_SECONDS,
  type CollectedMetric,
  type Labels,
  type Telemetry,
} from '@slipstream/telemetry';

const STATES: readonly BackendStatus['state'][] = [
  'healthy',
  'unproven',
  'recovering',
  'half-open',
  'ejected',
  'unhealthy',
  'draining',
];

/** A metric of each backend: one value, or one for each value of a further label. */
type BackendMetric = Pick<CollectedMetric, 'type' | 'name' | 'help' | 'aggregator'> &
  (
    | { readonly value: (backend: BackendStatus) => number }
    | { readonly label: string; readonly values: (backend: BackendStatus) => Readonly<Record<string, number>> }
  );

const METRICS: readonly BackendMetric[] = [
  {
    type: 'gauge',
    name: 'slipstream_backend_in_flight',
    help: 'Open requests and sessions (WebSockets) of this process at a backend, by kind.',
    label: 'kind',
    values: ({ own }) => ({ ...own }),
  },
  {
    type: 'counter',
    name: 'slipstream_backend_answers_total',
    help: 'Answers by class of status. Class none counts tries without an answer.',
    label: 'status',
    values: ({ answers }) => answers,
  },
  {
    type: 'gauge',
    name: 'slipstream_backend_state',
    help: 'Number of processes that report the backend in a state.',
    label: 'state',
    values: ({ state }) => Object.fromEntries(STATES.map((each) => [each, each === state ? 1 : 0])),
  },
  {
    type: 'gauge',
    name: 'slipstream_backend_weight',
    help: 'Share of the load, relative to the other weights.',
    aggregator: 'max',
    value: ({ weight }) => weight,
  },
  {
    type: 'counter',
    name: 'slipstream_backend_ejections_total',
    help: 'Ejections of a backend, because of its answers.',
    value: ({ ejections }) => ejections,
  },
  {
    type: 'counter',
    name: 'slipstream_backend_retries_total',
    help: 'Requests that were retried at this backend after a failed try.',
    value: ({ retries }) => retries,
  },
];

/** Registers the metrics of all backends: rate, errors, duration and state. */
export function showBackends(balancers: readonly LoadBalancer[], registry: Telemetry['registry']): void {
  for (const metric of METRICS) showMetric(metric, balancers, registry);
  showLatencies(balancers, registry);
  showQueues(balancers, registry);
}

function showMetric(metric: BackendMetric, balancers: readonly LoadBalancer[], registry: Telemetry['registry']): void {
  const { type, name, help, aggregator } = metric;
  const valuesOf = (labels: Labels, backend: BackendStatus): (readonly [Labels, number])[] =>
    'value' in metric
      ? [[labels, metric.value(backend)]]
      : Object.entries(metric.values(backend)).map(([of, value]) => [{ ...labels, [metric.label]: of }, value]);
  collect(registry, {
    type,
    name,
    help,
    aggregator,
    labelNames: ['pool', 'backend', ...('label' in metric ? [metric.label] : [])],
    read: () =>
      balancers.flatMap((balancer) =>
        balancer.backends().flatMap((backend) => valuesOf({ pool: balancer.name, backend: backend.url }, backend)),
      ),
  });
}

function showLatencies(balancers: readonly LoadBalancer[], registry: Telemetry['registry']): void {
  collectHistogram(registry, {
    name: 'slipstream_backend_latency_seconds',
    help: 'Time from the choice of a backend to the header of its answer.',
    bounds: DURATION_BOUNDS_SECONDS,
    read: () =>
      balancers.flatMap((balancer) =>
        [...balancer.latencies()].map(([backend, { counts, sumSeconds }]) => ({
          labels: { pool: balancer.name, backend },
          counts,
          sum: sumSeconds,
        })),
      ),
  });
}

function showQueues(balancers: readonly LoadBalancer[], registry: Telemetry['registry']): void {
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_pool_queue_length',
    help: 'Requests that wait for a free backend.',
    labelNames: ['pool'],
    read: () => balancers.map(({ name, queueLength }) => [{ pool: name }, queueLength] as const),
  });
  collectHistogram(registry, {
    name: 'slipstream_pool_queue_wait_seconds',
    help: 'Waiting time of the requests that had to wait for a backend.',
    bounds: DURATION_BOUNDS_SECONDS,
    read: () =>
      balancers.map(({ name, queueWaits }) => ({
        labels: { pool: name },
        counts: queueWaits.counts,
        sum: queueWaits.sumSeconds,
      })),
  });
}
