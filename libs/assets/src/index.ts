export { AssetOptimizer, type AssetOptimizerOptions, type CodedAsset, type RecodeOptions } from './asset-optimizer.js';
export { ReleaseDictionaries, type ReleaseDictionary } from './dictionaries/release-dictionaries.js';
export { LearnedPreloads, type PreloadKind } from './preloads/learned-preloads.js';
export type { DeltaCoding, Effort } from './worker/messages.js';
export type { Transformation } from './transformer/messages.js';
