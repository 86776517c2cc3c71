import { collect, type Registry } from '@slipstream/telemetry';
import type { QueueWatch } from './queue-watch.js';

/**
 * Registers the metrics of the queues' contents. Every gateway reports the same, so processes are aggregated by the
 * maximum.
 */
export function showQueues(watch: QueueWatch, registry: Registry): void {
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_queue_messages',
    help: 'Messages in a lane that wait for a consumer (ready) or for their next attempt (delayed).',
    labelNames: ['queue', 'lane', 'state'],
    aggregator: 'max',
    read: () =>
      watch.seen.flatMap(({ queue, lanes }) =>
        lanes.flatMap(({ lane, ready, delayed }) => [
          [{ queue, lane, state: 'ready' }, ready] as const,
          [{ queue, lane, state: 'delayed' }, delayed] as const,
        ]),
      ),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_queue_dead_letters',
    help: 'Messages that no attempt could process.',
    labelNames: ['queue'],
    aggregator: 'max',
    read: () => watch.seen.map(({ queue, deadLetters }) => [{ queue }, deadLetters] as const),
  });
}
