import type { AssetOptimizer, AssetOptimizerOptions, ReleaseDictionaries } from '@slipstream/assets';
import type { AssetView } from '@slipstream/contracts';
import type { DeltaAnswers } from '../caching/delta-answers.js';
import type { Offers } from '../caching/dictionary-offers.js';

/** Figures of one process. */
export type AssetFigures = Omit<AssetView, 'processes'>;

/** Measured parts of the asset path. */
export interface MeasuredAssets {
  readonly optimizer: Pick<AssetOptimizer, 'counts' | 'waiting'>;
  readonly store: Pick<AssetOptimizerOptions, 'directory' | 'maxBytes'>;
  /** Absent: browsers are offered no dictionary. */
  readonly release?: {
    readonly dictionaries: Pick<ReleaseDictionaries, 'all' | 'madeCount'>;
    readonly deltas: Pick<DeltaAnswers, 'counts'>;
    readonly offers: Pick<Offers, 'downloads'>;
  };
}

/** @param assets undefined: assets stay as they are */
export function figuresOfAssets(assets: MeasuredAssets | undefined): AssetFigures {
  if (!assets) return {};
  const { optimizer, store, release } = assets;
  const { variants, savedBytes, ends, store: files } = optimizer.counts;
  return {
    optimizer: { variants: [...variants], savedBytes, waiting: optimizer.waiting, ends },
    store: { directory: store.directory, maxBytes: store.maxBytes, ...files },
    dictionaries: release && {
      kept: release.dictionaries.all.map(({ digest, contentBytes }) => ({ digest, bytes: contentBytes })),
      made: release.dictionaries.madeCount,
      downloads: release.offers.downloads,
      ...release.deltas.counts,
    },
  };
}
