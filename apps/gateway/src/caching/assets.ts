import { AssetOptimizer, ReleaseDictionaries } from '@slipstream/assets';
import type { Config } from '@slipstream/config';
import type { AnswerDeltas, AnswerImprover } from '@slipstream/http-cache';
import type { DictionaryOffers } from '@slipstream/proxy';
import type { Logger } from '@slipstream/telemetry';
import type { MeasuredAssets } from '../assets/asset-figures.js';
import { AssetTransformations } from './asset-transformations.js';
import { CodedAnswers } from './coded-answers.js';
import { DeltaAnswers } from './delta-answers.js';
import { Offers } from './dictionary-offers.js';
import { assetOptions, dictionaryOptions, transformationOptions } from './response-cache.options.js';

/** The parts of the asset path. */
export interface Assets {
  improver: AnswerImprover;
  /** Absent, as `offers`: browsers are offered no dictionary. */
  deltas?: AnswerDeltas;
  offers?: DictionaryOffers;
  measured: MeasuredAssets;
  /** Drops what is under way. */
  close(): void;
}

/** @returns undefined if assets stay as the backends send them */
export function createAssets(config: Config, logger: Logger): Assets | undefined {
  const store = assetOptions(config);
  if (!store) return undefined;
  const optimizer = new AssetOptimizer({ ...store, logger });
  const transformations = new AssetTransformations(transformationOptions(config));
  const release = createRelease(config, optimizer);
  return {
    improver: new CodedAnswers({ optimizer, transformations, dictionaries: release?.dictionaries }),
    deltas: release?.deltas,
    offers: release?.offers,
    measured: { optimizer, store, release },
    close() {
      release?.dictionaries.close();
      optimizer.close();
    },
  };
}

interface Release {
  dictionaries: ReleaseDictionaries;
  deltas: DeltaAnswers;
  offers: Offers;
}

function createRelease(config: Config, optimizer: AssetOptimizer): Release | undefined {
  const options = dictionaryOptions(config);
  if (!options) return undefined;
  const dictionaries = new ReleaseDictionaries({ optimizer, delayMs: options.delayMs });
  const deltas = new DeltaAnswers(optimizer, dictionaries);
  return { dictionaries, deltas, offers: new Offers(dictionaries, deltas, options.folder) };
}
