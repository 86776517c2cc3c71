import { collect, type CollectedMetric, type Labels, type Registry } from '@slipstream/telemetry';
import { figuresOfAssets, type AssetFigures, type MeasuredAssets } from './asset-figures.js';

type Values = readonly (readonly [Labels, number])[];

interface Figure extends Omit<CollectedMetric, 'read' | 'labelNames'> {
  labelNames?: readonly string[];
  /** @returns no values if the part is off */
  read: (figures: AssetFigures) => Values;
}

/** Registers the metrics of the asset path. They have no value while it is off. */
export function showAssets(assets: MeasuredAssets | undefined, registry: Registry): void {
  for (const { read, labelNames = [], ...figure } of [...OPTIMIZER, ...STORE, ...DICTIONARIES])
    collect(registry, { ...figure, labelNames, read: () => read(figuresOfAssets(assets)) });
}

const single = (value: number | undefined): Values => (value === undefined ? [] : [[{}, value]]);

const labelled = (label: string, counts: Readonly<Record<string, number>> = {}): Values =>
  Object.entries(counts).map(([each, count]) => [{ [label]: each }, count] as const);

const OPTIMIZER: readonly Figure[] = [
  {
    type: 'counter',
    name: 'slipstream_assets_variants_total',
    help:
      'Assets that were to be made smaller, by kind, coding and outcome: smaller, not_smaller, untransformed ' +
      '(compressed only, because the transformation failed), failed, or refused because the queue was full.',
    labelNames: ['kind', 'coding', 'outcome'],
    read: ({ optimizer }) =>
      (optimizer?.variants ?? []).map(({ kind, coding, outcome, count }) => [{ kind, coding, outcome }, count]),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_saved_bytes_total',
    help: 'Bytes by which the new forms are smaller than the assets as the backends sent them, each counted once.',
    labelNames: ['kind'],
    read: ({ optimizer }) => labelled('kind', optimizer?.savedBytes),
  },
  {
    type: 'gauge',
    name: 'slipstream_assets_waiting',
    help: 'Assets that wait for a worker thread.',
    read: ({ optimizer }) => single(optimizer?.waiting.tasks),
  },
  {
    type: 'gauge',
    name: 'slipstream_assets_waiting_bytes',
    help: 'Size of the assets that wait for a worker thread.',
    read: ({ optimizer }) => single(optimizer?.waiting.bytes),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_worker_ends_total',
    help:
      'Ends of a worker thread, or of its transforming process, during a task. That asset stays as it is, and the ' +
      'next task starts a new one.',
    labelNames: ['worker', 'cause'],
    read: ({ optimizer }) =>
      Object.entries(optimizer?.ends ?? {}).flatMap(([worker, causes]) =>
        Object.entries(causes).map(([cause, count]) => [{ worker, cause }, count] as const),
      ),
  },
];

const STORE: readonly Figure[] = [
  {
    type: 'gauge',
    name: 'slipstream_assets_store_bytes',
    help: 'Size of the folder of finished assets.',
    aggregator: 'max', // the processes share it
    read: ({ store }) => single(store?.bytes),
  },
  {
    type: 'gauge',
    name: 'slipstream_assets_store_limit_bytes',
    help: 'Limit of the folder of finished assets.',
    aggregator: 'max',
    read: ({ store }) => single(store?.maxBytes),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_store_evictions_total',
    help: 'Finished assets that were removed because the limit of the folder was reached.',
    read: ({ store }) => single(store?.evictions),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_store_write_errors_total',
    help: 'Finished assets that could not be written to the folder. They are made again after a restart.',
    read: ({ store }) => single(store?.writeErrors),
  },
];

const DICTIONARIES: readonly Figure[] = [
  {
    type: 'counter',
    name: 'slipstream_assets_dictionaries_made_total',
    help: 'Dictionaries that were made of the files of a release.',
    read: ({ dictionaries }) => single(dictionaries?.made),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_dictionary_downloads_total',
    help: 'Dictionaries that browsers fetched.',
    read: ({ dictionaries }) => single(dictionaries?.downloads),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_difference_answers_total',
    help: 'Answers that were sent as their difference to a dictionary, by coding: dcz or dcb.',
    labelNames: ['coding'],
    read: ({ dictionaries }) => labelled('coding', dictionaries?.answers),
  },
  {
    type: 'counter',
    name: 'slipstream_assets_difference_saved_bytes_total',
    help: 'Bytes by which these answers were smaller than the whole files.',
    read: ({ dictionaries }) => single(dictionaries?.savedBytes),
  },
];
