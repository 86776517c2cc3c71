import type { BackendStatus, LoadBalancer } from '@slipstream/balancer';
import { collect, collectHistogram, DURATION_BOUNDS_SECONDS, type Labels, type Telemetry } from '@slipstream/telemetry';

const STATES: readonly BackendStatus['state'][] = [
  'healthy',
  'unproven',
  'recovering',
  'half-open',
  'ejected',
  'unhealthy',
  'draining',
];

/** Registers the metrics of all backends: rate, errors, duration and state. */
export function showBackends(balancers: readonly LoadBalancer[], registry: Telemetry['registry']): void {
  const backends = (): (readonly [Labels, BackendStatus])[] =>
    balancers.flatMap((balancer) =>
      balancer.backends().map((backend) => [{ pool: balancer.name, backend: backend.url }, backend] as const),
    );
  /** One value per backend. */
  const perBackend = (value: (backend: BackendStatus) => number) => () =>
    backends().map(([labels, backend]) => [labels, value(backend)] as const);
  /** One value per backend and value of another label. */
  const perBackendAnd = (label: string, values: (backend: BackendStatus) => Readonly<Record<string, number>>) => () =>
    backends().flatMap(([labels, backend]) =>
      Object.entries(values(backend)).map(([of, value]) => [{ ...labels, [label]: of }, value] as const),
    );

  const labelNames = ['pool', 'backend'];
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_backend_in_flight',
    help: 'Open requests and sessions (WebSockets) of this gateway at a backend, by kind.',
    labelNames: [...labelNames, 'kind'],
    read: perBackendAnd('kind', ({ own }) => ({ ...own })),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_backend_answers_total',
    help: 'Answers by class of status. Class none counts tries without an answer.',
    labelNames: [...labelNames, 'status'],
    read: perBackendAnd('status', ({ answers }) => answers),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_backend_state',
    help: 'Number of gateway processes that report the backend in a state.',
    labelNames: [...labelNames, 'state'],
    read: perBackendAnd('state', ({ state }) =>
      Object.fromEntries(STATES.map((each) => [each, each === state ? 1 : 0])),
    ),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_backend_weight',
    help: 'Share of the load, relative to the other weights.',
    labelNames,
    aggregator: 'max',
    read: perBackend(({ weight }) => weight),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_backend_ejections_total',
    help: 'Ejections of a backend, because of its answers.',
    labelNames,
    read: perBackend(({ ejections }) => ejections),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_backend_retries_total',
    help: 'Requests that were retried at this backend after a failed try.',
    labelNames,
    read: perBackend(({ retries }) => retries),
  });
  showLatencies(balancers, registry);
  showQueues(balancers, registry);
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
