import { AssetOptimizer, ReleaseDictionaries } from '@slipstream/assets';
import type { Config } from '@slipstream/config';
import type { AnswerDeltas, AnswerImprover } from '@slipstream/http-cache';
import type { DictionaryOffers } from '@slipstream/proxy';
import type { Logger } from '@slipstream/telemetry';
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
  /** Drops what is under way. */
  close(): void;
}

/** @returns undefined if assets stay as the backends send them */
export function createAssets(config: Config, logger: Logger): Assets | undefined {
  const options = assetOptions(config);
  if (!options) return undefined;
  const optimizer = new AssetOptimizer({ ...options, logger });
  const transformations = new AssetTransformations(transformationOptions(config));
  const release = dictionaryOptions(config);
  if (!release) return { improver: new CodedAnswers({ optimizer, transformations }), close: () => optimizer.close() };
  const dictionaries = new ReleaseDictionaries({ optimizer, delayMs: release.delayMs });
  const deltas = new DeltaAnswers(optimizer, dictionaries);
  return {
    improver: new CodedAnswers({ optimizer, transformations, dictionaries }),
    deltas,
    offers: new Offers(dictionaries, deltas, release.folder),
    close() {
      dictionaries.close();
      optimizer.close();
    },
  };
}
