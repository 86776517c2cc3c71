import { collect, type Registry } from '@slipstream/telemetry';
import type { EdgePurges } from './edge-purges.js';

const MS = 1000;

/** Registers the metrics of the purges of a network. Without one they have no value. */
export function showEdge(purges: Pick<EdgePurges, 'status'> | undefined, registry: Registry): void {
  collect(registry, {
    type: 'counter',
    name: 'slipstream_cdn_purge_calls_total',
    help: 'Calls to purge the CDN, by result: done, later (to be repeated) or rejected.',
    labelNames: ['result'],
    read: () => Object.entries(purges?.status.calls ?? {}).map(([result, count]) => [{ result }, count] as const),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_cdn_purges_pending',
    help: 'Purges that the CDN has not accepted yet.',
    labelNames: [],
    read: () => (purges ? [[{}, purges.status.pending]] : []),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_cdn_purge_oldest_seconds',
    help: 'Age of the oldest purge that the CDN has not accepted yet. 0: none is pending.',
    labelNames: [],
    read: () => (purges ? [[{}, (purges.status.oldestMs ?? 0) / MS]] : []),
  });
}
