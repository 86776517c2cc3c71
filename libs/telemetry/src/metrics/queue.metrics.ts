import type { Registry } from 'prom-client';
import { LabelLimit } from './label-limit.js';
import { counter, histogram } from './registered-metric.js';

/** What the queues count. Outcomes are words of a small fixed set. */
export interface QueueMetrics {
  published(queue: string, type: string, outcome: string): void;
  /** `seconds`: how long the handler took. */
  consumed(queue: string, type: string, outcome: string, seconds: number): void;
}

/** From a store's round trip to a job of ten minutes. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const MAX_TYPES = 50;

/** Rate, errors and duration of every queue. */
export function queueMetrics(registry: Registry): QueueMetrics {
  const types = new LabelLimit(MAX_TYPES);
  const publications = counter(registry, {
    name: 'slipstream_queue_published_total',
    help: 'Messages handed to a queue, by what became of them.',
    labelNames: ['queue', 'type', 'outcome'],
  });
  const consumption = histogram(
    registry,
    {
      name: 'slipstream_queue_consume_duration_seconds',
      help: 'Time that a handler took for a message; its count is the rate.',
      labelNames: ['queue', 'type', 'outcome'],
    },
    BUCKETS,
  );
  return {
    published: (queue, type, outcome) => publications.inc({ queue, type: types.bound(type), outcome }),
    consumed: (queue, type, outcome, seconds) => consumption.observe({ queue, type: types.bound(type), outcome }, seconds),
  };
}
