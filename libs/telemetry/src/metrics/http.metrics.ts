import type { Registry } from 'prom-client';
import { LabelLimit } from './label-limit.js';
import { gauge, histogram } from './registered-metric.js';

export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'aborted';

export interface HttpObservation {
  service: string;
  /** The route's template (`/slipstream/v1/chats/:id`), never the path that was asked for. */
  route: string;
  method: string;
  /** `aborted`: the client left before the answer was complete. */
  statusClass: StatusClass;
  /** From the request's head to the end of the answer. */
  seconds: number;
}

export interface HttpMetrics {
  observe(observation: HttpObservation): void;
  /** Counts one request more in flight. @returns ends it; further calls do nothing */
  begin(service: string): () => void;
}

/** From a cached answer to a long stream. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);
const MAX_ROUTES = 200;

/** Rate, errors and duration of every route. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const routes = new LabelLimit(MAX_ROUTES);
  const duration = histogram(
    registry,
    {
      name: 'slipstream_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer; its count is the rate.',
      labelNames: ['service', 'route', 'method', 'status_class'],
    },
    BUCKETS,
  );
  const inFlight = gauge(registry, {
    name: 'slipstream_http_requests_in_flight',
    help: 'Requests whose answer is not complete.',
    labelNames: ['service'],
  });
  return {
    observe: ({ service, route, method, statusClass, seconds }) =>
      duration.observe({ service, route: routes.bound(route), method: knownMethod(method), status_class: statusClass }, seconds),
    begin: (service) => {
      inFlight.inc({ service });
      return once(() => inFlight.dec({ service }));
    },
  };
}

/** @param status HTTP status code, 100 to 599 */
export const statusClassOf = (status: number): StatusClass => `${Math.floor(status / 100)}xx` as StatusClass;

const knownMethod = (method: string): string => (METHODS.has(method) ? method : 'other');

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
