import type { Registry } from 'prom-client';
import { LabelLimit } from './label-limit.js';
import { histogram } from './registered-metric.js';

export interface DependencyMetrics {
  /**
   * @param dependency `redis`, `mongodb`, `llm`, …
   * @param operation one of a fixed set, such as `job.claim`
   * @param outcome one of a small fixed set; {@link time} uses `ok` and `error`
   */
  observe(dependency: string, operation: string, outcome: string, seconds: number): void;
  /** Runs `call` and observes it. Its result and its error pass through unchanged. */
  time<T>(dependency: string, operation: string, call: () => Promise<T>): Promise<T>;
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MAX_OPERATIONS = 200;

/** Rate, errors and duration of every dependency. */
export function dependencyMetrics(registry: Registry): DependencyMetrics {
  const operations = new LabelLimit(MAX_OPERATIONS);
  const duration = histogram(
    registry,
    {
      name: 'slipstream_dependency_duration_seconds',
      help: 'Time of a call to a store or a peer; its count is the rate.',
      labelNames: ['dependency', 'operation', 'outcome'],
    },
    BUCKETS,
  );
  const observe: DependencyMetrics['observe'] = (dependency, operation, outcome, seconds) =>
    duration.observe({ dependency, operation: operations.bound(operation), outcome }, seconds);
  return {
    observe,
    time: async (dependency, operation, call) => {
      const startedAt = performance.now();
      let outcome = 'error';
      try {
        const result = await call();
        outcome = 'ok';
        return result;
      } finally {
        observe(dependency, operation, outcome, (performance.now() - startedAt) / 1000);
      }
    },
  };
}
