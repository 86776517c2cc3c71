import { collect, type Registry } from '@slipstream/telemetry';
import type { EdgeHealth } from './edge-health.js';
import type { EdgePurges } from './edge-purges.js';
import type { Pages } from './pages.js';

const MS = 1000;

type Name = `slipstream_cdn_${string}`;

interface Figure {
  type: 'counter' | 'gauge';
  name: Name;
  help: string;
  /** Absent: a sum. */
  aggregator?: 'max' | 'min';
  /** @returns undefined if there is no value */
  read: () => number | undefined;
}

/** Measured parts of a network in front. */
interface MeasuredEdge {
  readonly purges?: EdgePurges;
  readonly pages?: Pages;
  readonly health?: EdgeHealth;
}

/** Registers the metrics of a network in front. Without one they have no value. */
export function showEdge(edge: MeasuredEdge | undefined, registry: Registry): void {
  for (const figure of [...purgeFigures(edge), ...healthFigures(edge)]) showFigure(figure, registry);
  showCounts(registry, 'result', {
    name: 'slipstream_cdn_purge_calls_total',
    help: 'Calls to purge the CDN, by result: done, later (to be repeated) or rejected.',
    read: () => edge?.purges?.status.calls,
  });
  showCounts(registry, 'finding', {
    name: 'slipstream_cdn_checks_total',
    help: 'Files that were compared at the CDN and here, by what was found.',
    read: () => edge?.health?.findings,
  });
}

const purgeFigures = (edge: MeasuredEdge | undefined): Figure[] => [
  {
    type: 'gauge',
    name: 'slipstream_cdn_purges_pending',
    help: 'Purges that the CDN has not accepted yet.',
    read: () => edge?.purges?.status.pending,
  },
  {
    type: 'gauge',
    name: 'slipstream_cdn_purge_oldest_seconds',
    help: 'Age of the oldest purge that the CDN has not accepted yet. 0: none is pending.',
    aggregator: 'max',
    read: () => edge?.purges && (edge.purges.status.oldestMs ?? 0) / MS,
  },
];

const healthFigures = (edge: MeasuredEdge | undefined): Figure[] => [
  {
    type: 'gauge',
    name: 'slipstream_cdn_healthy',
    help: 'Whether the CDN is healthy: 1, or 0.',
    aggregator: 'min',
    read: () => edge?.health && Number(edge.health.isHealthy),
  },
  {
    type: 'counter',
    name: 'slipstream_cdn_pages_rewritten_total',
    help: 'Pages whose references were looked up at the CDN.',
    read: () => edge?.pages?.rewritten,
  },
];

function showFigure({ read, ...figure }: Figure, registry: Registry): void {
  collect(registry, {
    ...figure,
    labelNames: [],
    read: () => {
      const value = read();
      return value === undefined ? [] : [[{}, value]];
    },
  });
}

interface Counts {
  name: Name;
  help: string;
  read: () => Readonly<Record<string, number>> | undefined;
}

function showCounts(registry: Registry, label: string, { read, ...counts }: Counts): void {
  collect(registry, {
    type: 'counter',
    ...counts,
    labelNames: [label],
    read: () => Object.entries(read() ?? {}).map(([each, count]) => [{ [label]: each }, count] as const),
  });
}
